import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { RrdWriter } from "@rerun-ts/core/encode";
import type { DownloadOptions } from "./download-options.ts";

/** The size of one part of the file, which may exceed it by one message. Progress is reported after each part. */
const PART_BYTES = 8 * 1024 * 1024;
/** Time to work before yielding to the page. */
const BUDGET_MS = 8;

/** The options that concern writing. */
type FileOptions = Pick<DownloadOptions, "onProgress" | "signal">;

/** Encodes messages as a file in memory, and yields to the page in between. Rejects with `ABORTED`. */
export async function gatherRecording(messages: readonly EncodedMessage[], options: FileOptions): Promise<Blob> {
  const parts: Blob[] = [];
  await writeRecording(messages, options, async (part) => void parts.push(part));
  return new Blob(parts);
}

/**
 * Encodes messages as a file, passes its parts to `write` one after the other, and yields to the page in between.
 * Returns the size. Rejects with `ABORTED`, or with the error of `write`.
 */
export async function writeRecording(
  messages: readonly EncodedMessage[],
  { onProgress, signal }: FileOptions,
  write: (part: Blob) => Promise<void>,
): Promise<number> {
  const budget = new FrameBudget(signal);
  // A copy of the list, because the page may log while the file is written.
  const pieces = await frame([...messages], budget);
  const totalBytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let bytes = 0;
  let part: Uint8Array<ArrayBuffer>[] = [];
  let partBytes = 0;
  const finishPart = async (): Promise<void> => {
    await write(new Blob(part));
    bytes += partBytes;
    [part, partBytes] = [[], 0];
    onProgress?.({ bytes, totalBytes });
    await budget.yieldToPage();
  };
  for (const piece of pieces) {
    part.push(piece);
    partBytes += piece.byteLength;
    if (partBytes >= PART_BYTES) await finishPart();
  }
  if (partBytes > 0) await finishPart();
  return bytes;
}

/** The bytes of the file in order. The payloads are not copied. */
async function frame(messages: readonly EncodedMessage[], budget: FrameBudget): Promise<Uint8Array<ArrayBuffer>[]> {
  const writer = new RrdWriter();
  const pieces = [writer.header()];
  for (const message of messages) {
    pieces.push(writer.frame(message), message.payload);
    if (budget.isExceeded) await budget.yieldToPage();
  }
  pieces.push(writer.finish());
  return pieces;
}

/** The time that work may take before it yields to the page. */
class FrameBudget {
  readonly #signal: AbortSignal | undefined;
  #startedAt = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  get isExceeded(): boolean {
    return performance.now() > this.#startedAt + BUDGET_MS;
  }

  /**
   * Settles in the next task of the event loop, and renews the budget. Rejects with `ABORTED` if the signal has fired.
   */
  async yieldToPage(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#signal?.aborted === true)
      throw new RerunError("ABORTED", "saving was aborted by `signal`", { cause: this.#signal.reason });
    this.#startedAt = performance.now();
  }
}
