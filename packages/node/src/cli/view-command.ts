import { statSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { serveViewerWith } from "../web-viewer/serve-web-viewer.ts";
import { integerOf, untilInterrupted, UsageError } from "./arguments.ts";
import { FILES_PATH, serveFiles } from "./serve-files.ts";

/** Runs `rerun-ts view` until the process is interrupted. @throws {UsageError | TypeError} if an option is wrong */
export async function view(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      port: { type: "string" },
      bind: { type: "string" },
      "allow-host": { type: "string", multiple: true },
      assets: { type: "string" },
      "no-open": { type: "boolean" },
    },
  });
  if (positionals.length === 0) throw new UsageError("`view` requires at least one file or URL");
  const files = positionals.filter((source) => !isUrl(source));
  for (const file of files) checkFile(file);

  const server = await serveViewerWith(
    {
      webPort: integerOf("--port", values.port),
      bindIp: values.bind,
      allowHosts: values["allow-host"],
      assets: values.assets,
      openBrowser: false,
    },
    serveFiles(files),
  );
  const url = viewerUrl(server.url, positionals);
  console.log(`The web viewer is at ${url}`);
  if (values["no-open"] !== true) {
    const { openInBrowser } = await import("../web-viewer/open-in-browser.ts");
    await openInBrowser(url, (message) => console.error(`rerun-ts: ${message}`));
  }
  await untilInterrupted();
  await server.close();
}

function isUrl(source: string): boolean {
  return /^[a-z][a-z+]*:\/\//i.test(source);
}

function checkFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) throw new RerunError("FILE", `cannot open ${file}: no such file`);
}

/** The URL of the viewer with its sources as parameters; files by the URL that serves them. */
function viewerUrl(base: string, sources: readonly string[]): string {
  let count = 0;
  const query = sources.map((source) => {
    const url = isUrl(source) ? source : `${base}${FILES_PATH}${count++}/${encodeURIComponent(basename(source))}`;
    return `url=${encodeURIComponent(url)}`;
  });
  return `${base}?${query.join("&")}`;
}
