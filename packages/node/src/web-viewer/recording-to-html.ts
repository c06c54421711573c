import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RERUN_VERSION, RerunError } from "@rerun-ts/core";
import { invalidArgument, isUrl, messageOf, withRerunErrors } from "@rerun-ts/core/checks";
import { contentsForPage, type PageRecording } from "@rerun-ts/core/recording";
import type {
  PageViewer,
  PageViewerSource,
  RecordingContents,
  RecordingToHtmlOptions,
} from "@rerun-ts/core/viewer-page";

/** The values of `viewerFiles` that are not folders. The last one is refused with a reason. */
const SOURCES: readonly string[] = ["auto", "npm", "pypi", "rerun"];

/** A recording for a page: the path or the `file:` URL of a `.rrd` file, its contents, or a stream in memory. */
export type PageRecordingLike = string | URL | PageRecording;

/**
 * Makes a page of recordings that shows them in Rerun's viewer, without a server and offline: one file of about 16 MB
 * more than the compressed recordings. Browsers open it from a disk. Returns the file, whose `size` is known before
 * anything is written.
 *
 * A stream needs a sink that keeps its data in memory, such as `memoryRecording()`. Recordings with equal ids become
 * one recording in the viewer. With several recordings, the page shows the first one at first.
 *
 * Rejects with `INVALID_ARGUMENT` for a wrong argument and above `maxBytes`, with `INVALID_FORMAT` if a file is not a
 * recording or a file of the viewer is truncated, with `IO_ERROR` if a file cannot be read, with `NOT_FOUND` if no
 * viewer is found, with `UNSUPPORTED` if the viewer has another version or no sink keeps the data of a stream in
 * memory, and with `ABORTED` by `signal`.
 *
 * @example
 * const page = await rr.viewer.recordingToHtml("run.rrd", { at: "frame@120", title: "Run 7" });
 * await writeFile("run.html", page.stream());
 */
export function recordingToHtml(
  recordings: PageRecordingLike | readonly PageRecordingLike[],
  options: RecordingToHtmlOptions = {},
): Promise<Blob> {
  return withRerunErrors(async () => {
    // Loaded now, because few programs make pages.
    const { checkPageBytes, makeViewerPage } = await import("@rerun-ts/core/viewer-page");
    const read = async (): Promise<readonly RecordingContents[]> => {
      const given = Array.isArray(recordings) ? recordings : [recordings];
      await checkSizes(given, (bytes) => checkPageBytes(bytes, options.maxBytes));
      const contents: RecordingContents[] = [];
      for (const one of given)
        contents.push(isPath(one) ? new Blob([await readWhole(one, options.signal)]) : contentsForPage(one));
      return contents;
    };
    return makeViewerPage(options, read, () => viewerSource(options));
  });
}

/** Checks the sizes of the files before one of them is read. */
async function checkSizes(recordings: readonly PageRecordingLike[], check: (bytes: number) => void): Promise<void> {
  let bytes = 0;
  for (const path of recordings.filter(isPath)) {
    const { size } = await stat(pathOf(path)).catch((error: unknown) => fail(path, error));
    check((bytes += size));
  }
}

/** The viewer of a page. */
async function viewerSource({
  viewer,
  viewerFiles = "auto",
  signal,
}: RecordingToHtmlOptions): Promise<PageViewerSource> {
  const { checkViewerVersion, fetchViewer, versionOf } = await import("@rerun-ts/core/viewer-page");
  if (viewer !== undefined) return fetchViewer("viewer", viewer, undefined, RERUN_VERSION, signal);
  if (!isPath(viewerFiles) || String(viewerFiles) === "")
    throw invalidArgument("viewerFiles", '"auto", "npm", "pypi", or the path of a folder', viewerFiles);
  if (/^https?:/iu.test(String(viewerFiles)))
    return { ...(await fetchViewer("viewerFiles", viewerFiles, undefined, RERUN_VERSION, signal)), url: undefined };
  const name = pathOf(viewerFiles);
  if (!SOURCES.includes(name)) {
    const manifest = await readFile(join(name, "package.json")).catch(() => undefined);
    if (manifest !== undefined) checkViewerVersion(versionOf(manifest), name, RERUN_VERSION);
    return { viewer: await readViewer(name, signal), place: name, url: undefined };
  }
  const [{ findViewerForPages }, { unpackViewer }] = await Promise.all([
    import("./find-viewer.ts"),
    import("./viewer-files.ts"),
  ]);
  const found = await findViewerForPages(name, (message) => console.error(`rerun-ts: ${message}`));
  if ("folder" in found) return { viewer: await readViewer(found.folder, signal), place: found.folder, url: undefined };
  checkViewerVersion(found.version, `"${name}"`, RERUN_VERSION);
  const folder = await unpackViewer(found.files, () => {});
  return { viewer: await readViewer(folder, signal), place: folder, url: undefined };
}

async function readViewer(folder: string, signal: AbortSignal | undefined): Promise<PageViewer> {
  const load = (name: string): Promise<Uint8Array<ArrayBuffer>> =>
    readFile(join(folder, name), { signal }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      throw new RerunError(
        "NOT_FOUND",
        `\`viewerFiles\` must be a folder with the viewer's files, which \`rerun-ts viewer-files FOLDER\` writes, but ` +
          `${join(folder, name)} cannot be read: ${messageOf(error)}`,
        { cause: error, argument: "viewerFiles" },
      );
    });
  const [index, bindings] = [await load("index.js"), await load("re_viewer.js")];
  // The cache has a compressed copy, and compressing takes seconds.
  const wasmGzip = await readFile(join(folder, "re_viewer_bg.wasm.gz")).catch(() => undefined);
  if (wasmGzip === undefined) return { index, bindings, wasm: await load("re_viewer_bg.wasm") };
  const wasm = await (
    await unzipper()
  )(wasmGzip).catch((error: unknown) => fail(join(folder, "re_viewer_bg.wasm.gz"), error));
  return { index, bindings, wasm, wasmGzip };
}

function isPath(value: unknown): value is string | URL {
  return typeof value === "string" || isUrl(value);
}

function pathOf(path: string | URL): string {
  if (typeof path === "string") return path;
  if (path.protocol !== "file:") throw invalidArgument("recordings", "paths, `file:` URLs, or contents", path);
  return fileURLToPath(path);
}

async function readWhole(path: string | URL, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(pathOf(path), { signal }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    return fail(path, error);
  });
}

function fail(path: string | URL, error: unknown): never {
  throw new RerunError("IO_ERROR", `cannot read ${String(path)}: ${messageOf(error)}`, { cause: error });
}

/** Loaded when it is needed, because most programs start without it. */
async function unzipper(): Promise<(bytes: Uint8Array) => Promise<Buffer<ArrayBuffer>>> {
  return promisify((await import("node:zlib")).gunzip);
}
