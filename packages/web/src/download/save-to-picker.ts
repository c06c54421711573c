import { RerunError, type RerunErrorCode } from "@rerun-ts/core";
import type { SavedData } from "@rerun-ts/core/recording";
import type { DownloadOptions, DownloadResult } from "./download-options.ts";
import { writeRecording } from "./write-recording.ts";

/** The part of the File System Access API that TypeScript's own types lack. */
interface WithPicker {
  readonly showSaveFilePicker?: (options: {
    suggestedName: string;
    types: readonly { description: string; accept: Readonly<Record<string, readonly string[]>> }[];
  }) => Promise<PickedFile>;
}

/** A file that the user has chosen. */
export interface PickedFile {
  createWritable(): Promise<{ write(part: Blob): Promise<void>; close(): Promise<void>; abort(): Promise<void> }>;
}

const TYPES = [{ description: "Rerun recording", accept: { "application/x-rerun": [".rrd"] } }] as const;
const CODES: Readonly<Record<string, RerunErrorCode>> = { AbortError: "ABORTED", QuotaExceededError: "QUOTA" };

/**
 * Lets the user choose a file, and writes data into it as a `.rrd`, batch by batch. `collect` is called once to fail
 * before the user is asked, and again when the file was chosen. With `drain` the data is removed from memory once the
 * file is complete.
 *
 * Rejects with `ABORTED` if the user chooses no file or `signal` fires, `UNSUPPORTED` if the browser has no file
 * picker, `QUOTA` if the disk is full, and `IO_ERROR`. The previous contents of the file then stay.
 */
export async function saveToPicker(
  collect: () => SavedData,
  name: string,
  options: DownloadOptions,
): Promise<DownloadResult> {
  // Called before the picker opens, so that a missing memory sink fails immediately.
  collect();
  const file = await pickFile(name);
  const writable = await file.createWritable().catch(fail);
  try {
    const { messages, remove } = collect();
    const bytes = await writeRecording(messages, options, (part) => writable.write(part));
    await writable.close();
    if (options.drain === true) remove();
    return { bytes };
  } catch (error) {
    // An abort keeps the previous contents of the file.
    await writable.abort().catch(() => {});
    return fail(error);
  }
}

/**
 * Shows the file picker. Rejects with `ABORTED`, or `UNSUPPORTED` if the browser or the circumstances do not allow it.
 */
export async function pickFile(suggestedName: string): Promise<PickedFile> {
  const { showSaveFilePicker } = globalThis as WithPicker;
  if (showSaveFilePicker === undefined)
    throw new RerunError("UNSUPPORTED", "this browser has no file picker for saving; use `download`");
  try {
    return await showSaveFilePicker.call(globalThis, { suggestedName, types: TYPES });
  } catch (error) {
    const { name } = error as { name?: unknown };
    if (name === "AbortError") throw new RerunError("ABORTED", "no file was chosen", { cause: error });
    if (name === "SecurityError")
      throw new RerunError(
        "UNSUPPORTED",
        "browsers open a file picker only after a click, and not in frames of other origins",
        {
          cause: error,
        },
      );
    return fail(error);
  }
}

/** @throws {RerunError} the error, with the code for its name or `IO_ERROR` */
function fail(error: unknown): never {
  const { name } = (error ?? {}) as { name?: string };
  throw RerunError.from(error, CODES[name ?? ""] ?? "IO_ERROR");
}
