import { RerunError } from "../errors/rerun-error.ts";
import { withRerunErrors } from "../errors/with-rerun-errors.ts";
import { checkPageOptions, type PageMoment } from "./check-page-options.ts";
import { packFile, type PackedFile } from "./pack-file.ts";
import { pageDocument, sha256Text, type PageFile } from "./page-document.ts";
import type { RecordingToHtmlOptions } from "./page-options.ts";
import { pageRecordings, type RecordingContents } from "./page-recordings.ts";
import { checkViewer, VIEWER_WASM, type PageViewer } from "./page-viewer.ts";

/** The viewer of a page, and where it is from. */
export interface PageViewerSource {
  readonly viewer: PageViewer;
  /** The folder of its files, for messages. */
  readonly place: string;
  /** The URL of the folder from which the page loads the viewer. `undefined` if the viewer is in the page. */
  readonly url: URL | undefined;
}

/**
 * Makes a page of recordings and a viewer. Rejects with `ABORTED` by the signal of the options.
 *
 * @param recordings reads the recordings, once the options are checked
 * @param source finds the viewer, once the recordings are checked
 */
export function makeViewerPage(
  options: RecordingToHtmlOptions,
  recordings: () => Promise<readonly RecordingContents[]>,
  source: () => Promise<PageViewerSource>,
): Promise<Blob> {
  return withRerunErrors(async () => {
    const moment = checkPageOptions(options);
    const { signal } = options;
    try {
      signal?.throwIfAborted();
      const files = await pageRecordings(await recordings(), options.maxBytes);
      return await packPage(files, await source(), moment, options);
    } catch (error) {
      if (signal?.aborted !== true) throw error;
      throw new RerunError("ABORTED", "making the page was aborted by `signal`", { cause: error });
    }
  });
}

async function packPage(
  recordings: readonly Blob[],
  { viewer, place, url }: PageViewerSource,
  moment: PageMoment | undefined,
  { title = "Rerun recording", panels = {}, theme, replay, signal }: RecordingToHtmlOptions,
): Promise<Blob> {
  checkViewer(viewer, place);
  const packed: PackedFile[] = [];
  const pack = async (name: string, file: Blob, gzip?: Blob): Promise<PageFile> => {
    const one = await packFile(file, gzip, signal);
    packed.push(one);
    return { name, bytes: one.bytes, packedBytes: one.packedBytes };
  };
  const files: PageFile[] = [];
  for (const [name, bytes, gzip] of [
    ["index.js", viewer.index],
    ["re_viewer.js", viewer.bindings],
    [VIEWER_WASM, viewer.wasm, viewer.wasmGzip],
  ] as const)
    files.push(
      url === undefined
        ? await pack("the viewer", new Blob([bytes]), gzip && new Blob([gzip]))
        : { name, bytes: bytes.byteLength, url: new URL(name, url).href, integrity: sha256Text(bytes) },
    );
  const shown: PageFile[] = [];
  for (const [index, recording] of recordings.entries())
    shown.push(await pack(recordings.length === 1 ? "the recording" : `recording ${index + 1}`, recording));
  const { head, tail } = pageDocument({ title, files, recordings: shown, moment, panels, theme, replay });
  return new Blob([head, ...packed.map(({ html }) => html), tail], { type: "text/html;charset=utf-8" });
}
