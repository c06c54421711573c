import { RerunError } from "@rerun-ts/core";
import { encodeRrd } from "@rerun-ts/core/encode";
import type { SavedData } from "@rerun-ts/core/recording";
import type { DownloadOptions, DownloadResult } from "./download-options.ts";

/** The time after the click at which the object URL is revoked. By then, browsers have started to read it. */
const REVOKE_AFTER_MS = 60_000;

/**
 * Downloads data as a `.rrd` file named `name`. With `drain`, a successful download removes the data from memory.
 * Without `onProgress` the file is encoded in one step. With `onProgress` it is encoded in batches, between which the
 * page stays responsive and `signal` is checked.
 *
 * Rejects with `UNSUPPORTED` outside a page, for example in a worker, and with `ABORTED`.
 */
export async function download(
  { messages, remove }: SavedData,
  name: string,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const file =
    options.onProgress === undefined
      ? new Blob([encodeRrd(messages)])
      : await (await import("./write-recording.ts")).gatherRecording(messages, options);
  saveAsFile(file, name);
  if (options.drain === true) remove();
  return { bytes: file.size };
}

/** Lets the browser save a file, by a click on a link. @throws {RerunError} `UNSUPPORTED` outside a page */
export function saveAsFile(file: Blob, name: string): void {
  if (typeof document === "undefined") {
    throw new RerunError(
      "UNSUPPORTED",
      "`download` needs a page; in a worker, post the bytes of `memoryRecording()` to it",
    );
  }
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS);
}
