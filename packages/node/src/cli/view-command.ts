import { basename } from "node:path";
import { serveViewerWith } from "../web-viewer/viewer-server.ts";
import { checkRecording, integerOf, parseCommand, untilInterrupted, UsageError } from "./arguments.ts";
import { FILES_PATH, serveFiles } from "./serve-files.ts";

/** Runs `rerun-ts view` until the process is interrupted. @throws {UsageError | TypeError} if an option is wrong */
export async function view(args: string[]): Promise<void> {
  const { values, positionals } = parseCommand(args, {
    port: { type: "string" },
    // Its name in `serve`, where `--port` is that of the relay.
    "web-viewer-port": { type: "string" },
    bind: { type: "string" },
    "allow-host": { type: "string", multiple: true },
    assets: { type: "string" },
    "no-open": { type: "boolean" },
  });
  if (positionals.length === 0) throw new UsageError("`view` requires at least one file or URL");
  const sources = positionals.flatMap(sourcesIn);
  const files = sources.filter((source) => !isUrl(source));
  for (const file of files) checkRecording(file);

  const server = await serveViewerWith(
    {
      webPort: portOf(values.port, values["web-viewer-port"]),
      bindIp: values.bind,
      allowHosts: values["allow-host"],
      assets: values.assets,
      openBrowser: false,
    },
    serveFiles(files),
  );
  const url = viewerUrl(server.url, sources);
  console.log(`The web viewer is at ${url}`);
  if (values["no-open"] !== true) {
    const { openInBrowser } = await import("../web-viewer/open-in-browser.ts");
    await openInBrowser(url, (message) => console.error(`rerun-ts: ${message}`));
  }
  await untilInterrupted();
  await server.close();
}

/** The port of the viewer. @throws {UsageError} if it is wrong, or given by both names */
function portOf(port: string | undefined, webViewerPort: string | undefined): number | undefined {
  if (webViewerPort === undefined) return integerOf("--port", port);
  if (port === undefined) return integerOf("--web-viewer-port", webViewerPort);
  throw new UsageError("`--port` and `--web-viewer-port` are the same option of `view`: pass one of them");
}

function isUrl(source: string): boolean {
  return /^[a-z][a-z+]*:\/\//i.test(source);
}

/** Sources that an argument names: a viewer that is served already has its own. */
function sourcesIn(argument: string): readonly string[] {
  const shown =
    /^https?:/i.test(argument) && URL.canParse(argument) ? new URL(argument).searchParams.getAll("url") : [];
  return shown.length > 0 ? shown : [argument];
}

/** The URL of the viewer with its sources as parameters; files by the URL that serves them. */
function viewerUrl(base: string, sources: readonly string[]): string {
  let count = 0;
  const query = sources.map((source) => {
    const url = isUrl(source) ? source : `${base}${FILES_PATH}${count++}/${encodeURIComponent(basename(source))}`;
    return `url=${encodeURIComponent(url)}`;
  });
  return `${base}/?${query.join("&")}`;
}
