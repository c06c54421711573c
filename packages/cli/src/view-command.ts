import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { linkedSources, parseViewerLink, type ViewerLink } from "@rerun-ts/core/viewer-control";
import type { Handler } from "@rerun-ts/node/web-viewer";
import type { ValuesOf } from "./command/command-table.ts";
import { checkRecording } from "./command/input-files.ts";
import { untilInterrupted } from "./command/until-interrupted.ts";
import { serveLinkPage } from "./link-page.ts";
import { expandFolders } from "./expand-folders.ts";
import { FILES_PATH, serveFiles } from "./serve-files.ts";
import { printAddresses, redirectTo, serveOnSomePort } from "./serve-viewer.ts";
import type { VIEW } from "./view-table.ts";

/** Runs `rerun-ts view` until the process is interrupted. @throws {TypeError} if an option is wrong */
export async function view(values: ValuesOf<typeof VIEW>): Promise<void> {
  const links = values.positionals.flatMap(linkedSources).map(linkOf).flatMap(linksOfFolder);
  const sources = links.map(({ source }) => source);
  const files = sources.filter((source) => !isUrl(source));
  for (const file of files) checkRecording(file);

  const server = await serveOnSomePort(
    {
      webPort: values.port ?? values["web-viewer-port"],
      bindIp: values.bind,
      allowHosts: values["allow-host"],
      assets: values.assets,
      openBrowser: false,
    },
    handlerOf(files, links, sources),
  );
  const query = sourceUrls(server.url, sources).map((source) => `url=${encodeURIComponent(source)}`);
  const url = `${server.url}/?${query.join("&")}`;
  console.log(`The web viewer is at ${url}`);
  printAddresses(values.bind, (host) => `http://${host}:${server.port}`);
  if (!values["no-open"]) {
    const { openInBrowser } = await import("@rerun-ts/node/web-viewer");
    await openInBrowser(url, (message) => console.error(`rerun-ts: ${message}`));
  }
  await untilInterrupted();
  await server.close();
}

function isUrl(source: string): boolean {
  return /^[a-z][a-z+]*:\/\//i.test(source);
}

/** The parts of a link, or a source alone. URLs of files become paths. */
function linkOf(source: string): ViewerLink {
  const link = parseViewerLink(source) ?? { source, recording: undefined, when: undefined, selection: undefined };
  return /^file:/i.test(link.source) ? { ...link, source: fileURLToPath(link.source) } : link;
}

/** The links to the recordings of a folder, or the link itself. */
function linksOfFolder(link: ViewerLink): ViewerLink[] {
  return isUrl(link.source) ? [link] : expandFolders([link.source]).map((source) => ({ ...link, source }));
}

/** Serves the files, and a page that shows the time of the last link that has one. */
function handlerOf(files: readonly string[], links: readonly ViewerLink[], sources: readonly string[]): Handler {
  const serveContents = serveFiles(files);
  // From another machine the files are at the name by which the browser has called this one.
  const redirect = redirectTo(({ headers }) => sourceUrls(`http://${headers.host}`, sources));
  const serve: Handler = (request, response, next) =>
    serveContents(request, response, () => redirect(request, response, next));
  if (links.some(({ selection, recording }) => (selection ?? recording) !== undefined))
    console.error("rerun-ts: the web viewer cannot show the recording or the selection of a link; the time is shown");
  const when = links.filter((link) => link.when !== undefined).at(-1)?.when;
  if (when === undefined) return serve;
  const servePage = serveLinkPage(when);
  return (request, response, next) => serve(request, response, () => servePage(request, response, next));
}

/** The URLs of the sources. A file is represented by the URL that serves it. */
function sourceUrls(base: string, sources: readonly string[]): string[] {
  let count = 0;
  return sources.map((source) =>
    isUrl(source) ? source : `${base}${FILES_PATH}${count++}/${encodeURIComponent(basename(source))}`,
  );
}
