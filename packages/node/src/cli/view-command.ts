import { createReadStream, statSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { RerunError } from "@rerun-ts/core";
import { serveViewerWith, type Handler } from "../web-viewer/serve-web-viewer.ts";
import { interruption } from "./interruption.ts";
import { numberOf } from "./number-of.ts";
import { UsageError } from "./usage-error.ts";

/** Where the files are that a viewer shows. */
const FILES = "/files/";

/** `rerun-ts view`. */
export async function view(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      port: { type: "string" },
      bind: { type: "string" },
      assets: { type: "string" },
      "no-open": { type: "boolean" },
    },
  });
  if (positionals.length === 0) throw new UsageError("`view` needs a file or an address");
  const files = positionals.filter((what) => !isAddress(what));
  for (const file of files) checkFile(file);

  const server = await serveViewerWith(
    {
      webPort: numberOf("--port", values.port),
      bindIp: values.bind,
      assets: values.assets,
      openBrowser: false,
    },
    serveFiles(files),
  );
  const url = addressOf(server.url, positionals);
  console.log(`The web viewer is at ${url}`);
  if (values["no-open"] !== true) {
    const { openInBrowser } = await import("../web-viewer/open-in-browser.ts");
    await openInBrowser(url, (message) => console.error(`rerun-ts: ${message}`));
  }
  await interruption();
  await server.close();
}

function isAddress(what: string): boolean {
  return /^[a-z][a-z+]*:\/\//i.test(what);
}

function checkFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) throw new RerunError("FILE", `there is no file ${file}`);
}

/** The viewer's address with what it shows; files by the address that it finds them at. */
function addressOf(base: string, shown: readonly string[]): string {
  let count = 0;
  const query = shown.map((what) => {
    const url = isAddress(what) ? what : `${base}${FILES}${count++}/${encodeURIComponent(basename(what))}`;
    return `url=${encodeURIComponent(url)}`;
  });
  return `${base}?${query.join("&")}`;
}

/** Serves these files, and no others, under their numbers. */
function serveFiles(files: readonly string[]): Handler {
  return ({ url = "", method }, response, next) => {
    const number = url.startsWith(FILES) ? url.slice(FILES.length).split("/", 1)[0] : undefined;
    const file = number === undefined ? undefined : files[Number(number)];
    if (file === undefined || (method !== "GET" && method !== "HEAD")) return next();
    const stream = createReadStream(file);
    stream.once("open", () => {
      response.setHeader("content-type", "application/octet-stream");
      response.setHeader("content-length", statSync(file).size);
      response.setHeader("cache-control", "no-store");
      stream.pipe(response);
    });
    stream.once("error", (error) => {
      response.statusCode = 404;
      response.end(`${error.message}\n`);
    });
  };
}
