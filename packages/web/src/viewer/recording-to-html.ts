import { RERUN_VERSION } from "@rerun-ts/core";
import { contentsForPage, type PageRecording } from "@rerun-ts/core/recording";
import type { RecordingToHtmlOptions } from "@rerun-ts/core/viewer-page";

/**
 * Makes a page of recordings that shows them in Rerun's viewer, without a server and offline: one file of about 16 MB
 * more than the compressed recordings. Browsers open it from a disk. Returns the file, whose `size` is known before
 * anything is saved. `RecordingStream.downloadHtml` saves it.
 *
 * `viewerFiles` must be the URL of a folder with the viewer's files, which `rerun-ts viewer-files` writes, or `viewer`
 * for a small page. A stream needs a sink that keeps its data in memory. Recordings with equal ids become one recording
 * in the viewer. With several recordings, the page shows the first one at first.
 *
 * Rejects with `INVALID_ARGUMENT` for a wrong argument and above `maxBytes`, with `INVALID_FORMAT` if bytes are not a
 * recording or a file of the viewer is truncated, with `CONNECTION` or `NOT_FOUND` if a file of the viewer cannot be
 * loaded, with `UNSUPPORTED` if the viewer has another version or no sink keeps the data of a stream in memory, and
 * with `ABORTED` by `signal`.
 *
 * @example
 * const page = await rr.viewer.recordingToHtml(rec, { viewerFiles: "/viewer/", at: "frame@120" });
 * link.href = URL.createObjectURL(page);
 */
export function recordingToHtml(
  recordings: PageRecording | readonly PageRecording[],
  options: RecordingToHtmlOptions = {},
): Promise<Blob> {
  const all = (): readonly PageRecording[] =>
    Array.isArray(recordings) ? (recordings as readonly PageRecording[]) : [recordings as PageRecording];
  // Loaded now, because few programs make pages.
  return import("./make-page.ts").then(({ makePage }) =>
    makePage(() => all().map((one) => contentsForPage(one)), options, RERUN_VERSION),
  );
}
