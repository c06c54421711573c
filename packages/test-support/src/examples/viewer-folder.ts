import { createReadStream } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vite";
import { ensureWebViewer } from "../setup/web-viewer.ts";

/** The page that puts the viewer into a file, and expects the viewer's files beside it. */
const PAGE = "examples/web/report-a-problem/index.html";
const FOLDER = "examples/web/report-a-problem/viewer/";
const TYPES = {
  "package.json": "application/json",
  "index.js": "text/javascript",
  "re_viewer.js": "text/javascript",
  "re_viewer_bg.wasm": "application/wasm",
} as const;

/** A plugin of Vite that has the viewer's files where the example expects them, as `rerun-ts viewer-files` does. */
export function viewerFolder(): Plugin {
  return {
    name: "viewer-folder",
    async configureServer({ middlewares }) {
      const folder = await ensureWebViewer();
      for (const [name, type] of Object.entries(TYPES)) {
        middlewares.use(`/${FOLDER}${name}`, (_, response) => {
          response.setHeader("content-type", type);
          createReadStream(join(folder, name)).pipe(response);
        });
      }
    },
    async writeBundle({ dir = "" }, bundle) {
      if (bundle[PAGE] === undefined) return;
      const folder = await ensureWebViewer();
      await mkdir(join(dir, FOLDER), { recursive: true });
      for (const name of Object.keys(TYPES)) await copyFile(join(folder, name), join(dir, FOLDER, name));
    },
  };
}
