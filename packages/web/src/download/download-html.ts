import { RerunError, type RecordingStream } from "@rerun-ts/core";
import { invalidArgument } from "@rerun-ts/core/checks";
import type { RecordingToHtmlOptions } from "@rerun-ts/core/viewer-page";
import { recordingToHtml } from "../viewer/recording-to-html.ts";
import type { DownloadResult } from "./download-options.ts";
import { saveAsFile } from "./download.ts";

/** Options of `downloadHtml`. */
export interface DownloadHtmlOptions extends RecordingToHtmlOptions {
  /** Called with the size of the page in bytes before it is saved. `signal` may abort then. */
  onSize?: ((bytes: number) => void) | undefined;
}

/** Makes a page of a recording, and lets the browser save it. Rejects as `recordingToHtml` does. */
export async function downloadHtml(
  recording: RecordingStream,
  name: string,
  options: DownloadHtmlOptions,
): Promise<DownloadResult> {
  const { onSize, ...others } = options;
  if (onSize !== undefined && typeof onSize !== "function") throw invalidArgument("onSize", "a function", onSize);
  const page = await recordingToHtml(recording, others);
  onSize?.(page.size);
  if (others.signal?.aborted === true) throw new RerunError("ABORTED", "saving was aborted by `signal`");
  saveAsFile(page, name);
  return { bytes: page.size };
}
