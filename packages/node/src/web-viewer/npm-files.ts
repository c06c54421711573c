import { readFileSync, realpathSync } from "node:fs";
// A default import, because webpack warns about calls of a `createRequire` that is imported by name.
import nodeModule from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileOnDisk, textFile, type ViewerFiles } from "./viewer-files.ts";

/** The name of the npm package with the viewer for pages. */
export const VIEWER_PACKAGE = "@rerun-io/web-viewer";
/**
 * The module that Yarn provides to programs. Not a literal in `require`, because bundlers would look for the module.
 */
const PLUG_AND_PLAY = "pnpapi";
const NAMES = ["index.js", "re_viewer.js", "re_viewer_bg.wasm"] as const;

/** The part of Yarn's Plug'n'Play that is needed here. Source: https://yarnpkg.com/advanced/pnpapi */
interface PlugAndPlay {
  resolveToUnqualified(request: string, issuer: string): string | null;
}

/**
 * The folder of the npm package, as seen from the working folder, from the program, or from this module. `undefined` if
 * the package is not installed. It only exports `import`, so `require.resolve` cannot find it.
 */
export function findNpmViewer(): string | undefined {
  const program = process.argv[1];
  for (const from of [join(process.cwd(), "program.js"), program, import.meta.url]) {
    const folder = from === undefined ? undefined : packageFolder(from);
    if (folder !== undefined) return folder;
  }
  return undefined;
}

/** The folder of the npm package for a module that imports it. */
function packageFolder(module: string): string | undefined {
  try {
    const require = nodeModule.createRequire(module);
    const issuer = module.startsWith("file:") ? fileURLToPath(module) : module;
    const folders =
      process.versions["pnp"] === undefined
        ? (require.resolve.paths(VIEWER_PACKAGE) ?? []).map((modules) => join(modules, VIEWER_PACKAGE))
        : [(require(PLUG_AND_PLAY) as PlugAndPlay).resolveToUnqualified(VIEWER_PACKAGE, issuer) ?? ""];
    return folders.find((folder) => npmViewerVersion(folder) !== undefined);
  } catch {
    // The package cannot be resolved from this module.
    return undefined;
  }
}

/** The version of the npm package in a folder, or `undefined` if the folder does not contain it. */
export function npmViewerVersion(folder: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
    return name === VIEWER_PACKAGE ? version : undefined;
  } catch {
    return undefined;
  }
}

/** The files of the npm package, and a page that runs it. */
export function npmFiles(folder: string, version: string): ViewerFiles {
  // The folder is part of the key, because the same version in another folder may have been modified.
  const location = Buffer.from(realpathSync(folder)).toString("base64url").slice(-40);
  return {
    key: `npm-${version}-${location}`,
    list: async () => [
      ...(await Promise.all(NAMES.map((name) => fileOnDisk(folder, name)))),
      textFile("index.html", PAGE),
    ],
  };
}

/** The page for the class `WebViewer`. It accepts the same parameters as the page that the program `rerun` serves. */
export const PAGE: string = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Rerun Viewer</title>
    <style>
      html, body { margin: 0; height: 100%; overflow: hidden; background: #0d1011; color: #cad8de; font-family: sans-serif; }
      #viewer { width: 100%; height: 100%; }
      #status { position: absolute; inset: 50% 0 auto; text-align: center; }
    </style>
  </head>
  <body>
    <div id="viewer"></div>
    <p id="status">Loading the viewer …</p>
    <script type="module">
      import { WebViewer } from "./index.js";
      const query = new URLSearchParams(location.search);
      const status = document.getElementById("status");
      try {
        globalThis._viewer = new WebViewer();
        await globalThis._viewer.start(query.getAll("url"), document.getElementById("viewer"), {
          width: "100%",
          height: "100%",
          hide_welcome_screen: query.has("hide_welcome_screen"),
          check_for_updates_on_startup: false,
          render_backend: query.get("renderer") ?? undefined,
          video_decoder: query.get("video_decoder") ?? undefined,
          theme: query.get("theme") ?? undefined,
          fallback_token: query.get("token") ?? undefined,
        });
        status.remove();
      } catch (error) {
        status.textContent = "The viewer could not start: " + error;
      }
    </script>
  </body>
</html>
`;
