import { RERUN_VERSION, RerunError } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { DownloadResult } from "./download-options.ts";
import type { RecordingContents, RecordingToHtmlOptions } from "@rerun-ts/core/viewer-page";
import { makePage } from "../viewer/make-page.ts";

/** Options of a page with a recording that the browser downloads. */
export interface DownloadHtmlOptions extends RecordingToHtmlOptions {
  /** Called with the size of the page in bytes before it is saved. `signal` may abort then. */
  onSize?: ((bytes: number) => void) | undefined;
}

/**
 * Makes a page of a recording, and saves it. Rejects as `recordingToHtml` does.
 *
 * @param recording is called after the check of the options
 * @param save lets the browser save a file. Not imported, because bundles of pages would be split for that
 */
export async function downloadHtml(
  recording: () => RecordingContents,
  name: string,
  options: DownloadHtmlOptions,
  save: (file: Blob, name: string) => void,
): Promise<DownloadResult> {
  const { onSize, ...others } = options;
  if (onSize !== undefined && typeof onSize !== "function") throw invalidArgument("onSize", "a function", onSize);
  const page = await makePage(() => [recording()], others, RERUN_VERSION);
  onSize?.(page.size);
  if (others.signal?.aborted === true) throw new RerunError("ABORTED", "saving was aborted by `signal`");
  save(page, name);
  return { bytes: page.size };
}
