import { RerunError, type EncodedMessage, type RerunErrorCode } from "@rerun-ts/core";
import type { DownloadOptions, DownloadResult } from "./download.ts";
import { writeFile } from "./file-in-pieces.ts";

/** What browsers with file pickers have; TypeScript's own types do not know it yet. */
interface WithPicker {
  readonly showSaveFilePicker?: (options: {
    suggestedName: string;
    types: readonly { description: string; accept: Readonly<Record<string, readonly string[]>> }[];
  }) => Promise<PickedFile>;
}

interface PickedFile {
  createWritable(): Promise<{ write(part: Blob): Promise<void>; close(): Promise<void>; abort(): Promise<void> }>;
}

const TYPES = [{ description: "Rerun recording", accept: { "application/x-rerun": [".rrd"] } }] as const;
const CODES: Readonly<Record<string, RerunErrorCode>> = { AbortError: "ABORTED", QuotaExceededError: "QUOTA" };

/** Lets the user choose a file and writes into it what `collect` gives. */
export async function saveToPicker(
  collect: (options: DownloadOptions) => readonly EncodedMessage[],
  name: string,
  options: DownloadOptions,
): Promise<DownloadResult> {
  // Whether there is anything to save is said before anyone is asked where to.
  collect({});
  const file = await pickFile(name);
  const writable = await file.createWritable().catch(fail);
  try {
    const messages = collect(options);
    const bytes = await writeFile(messages, options, (part) => writable.write(part));
    await writable.close();
    return { bytes };
  } catch (error) {
    // The file stays as it was.
    await writable.abort().catch(() => {});
    return fail(error);
  }
}

async function pickFile(suggestedName: string): Promise<PickedFile> {
  const { showSaveFilePicker } = globalThis as WithPicker;
  if (showSaveFilePicker === undefined)
    throw new RerunError("UNSUPPORTED", "this browser does not let pages choose files to write; use `download`");
  try {
    return await showSaveFilePicker.call(globalThis, { suggestedName, types: TYPES });
  } catch (error) {
    const { name } = error as { name?: unknown };
    if (name === "AbortError") throw new RerunError("ABORTED", "no file was chosen", { cause: error });
    if (name === "SecurityError")
      throw new RerunError(
        "UNSUPPORTED",
        "browsers let users choose a file after a click only, and not in frames of others",
        {
          cause: error,
        },
      );
    return fail(error);
  }
}

function fail(error: unknown): never {
  const { name } = (error ?? {}) as { name?: string };
  throw RerunError.from(error, CODES[name ?? ""] ?? "FILE");
}
