import { RerunError } from "@rerun-ts/core";
import { messageOf, isBlob } from "@rerun-ts/core/checks";
import type { ViewerControl } from "@rerun-ts/core/viewer-control";

/**
 * Opens a file in a viewer of the page, however long that takes.
 * @throws {RerunError} that names the file
 */
export async function openFile(
  { open }: Pick<ViewerControl, "open">,
  file: Blob | Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await open(file, { timeoutMs: Infinity, signal });
  } catch (error) {
    const { code } = RerunError.from(error, "IO_ERROR");
    throw new RerunError(code, `cannot open ${nameOfFile(file)}: ${messageOf(error)}`, { cause: error });
  }
}

/** The name of a file for messages. */
export function nameOfFile(file: Blob | Uint8Array): string {
  return isBlob(file) && "name" in file ? String(file.name) : "the bytes of `source`";
}
