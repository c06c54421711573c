import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { RrdWriter } from "@rerun-ts/core/internal";
import type { DownloadOptions } from "./download.ts";

/** How much goes at once; what is told of progress. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** After so long the page has its turn. */
const TURN_MS = 8;

/** What a file is written with, and told. */
type FileOptions = Pick<DownloadOptions, "onProgress" | "signal">;

/** A whole file of these messages, with turns for the page in between. Rejects with `ABORTED`. */
export async function gatherFile(messages: readonly EncodedMessage[], options: FileOptions): Promise<Blob> {
  const parts: Blob[] = [];
  await writeFile(messages, options, async (part) => void parts.push(part));
  return new Blob(parts);
}

/** Writes a file of these messages, one part after the other. Rejects with `ABORTED`, or with what `write` does. */
export async function writeFile(
  messages: readonly EncodedMessage[],
  { onProgress, signal }: FileOptions,
  write: (part: Blob) => Promise<void>,
): Promise<number> {
  const turns = new Turns(signal);
  // The messages as they are now; whoever goes on logging changes the list.
  const pieces = await frame([...messages], turns);
  const totalBytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  let bytes = 0;
  let part: Uint8Array<ArrayBuffer>[] = [];
  let partBytes = 0;
  const finishPart = async (): Promise<void> => {
    await write(new Blob(part));
    bytes += partBytes;
    [part, partBytes] = [[], 0];
    onProgress?.({ bytes, totalBytes });
    await turns.next();
  };
  for (const piece of pieces) {
    part.push(piece);
    partBytes += piece.byteLength;
    if (partBytes >= PIECE_BYTES) await finishPart();
  }
  if (partBytes > 0) await finishPart();
  return bytes;
}

/** All bytes of the file, in order: the payloads are not copied. */
async function frame(messages: readonly EncodedMessage[], turns: Turns): Promise<Uint8Array<ArrayBuffer>[]> {
  const writer = new RrdWriter();
  const pieces = [writer.header()];
  for (const message of messages) {
    pieces.push(writer.frame(message), message.payload);
    if (turns.isOver) await turns.next();
  }
  pieces.push(writer.finish());
  return pieces;
}

/** Lets the page have its turn now and then. */
class Turns {
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  get isOver(): boolean {
    return performance.now() > this.#began + TURN_MS;
  }

  /** Settles in the next turn. Rejects with `ABORTED` if the signal has fired. */
  async next(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#signal?.aborted === true)
      throw new RerunError("ABORTED", "saving was given up: the signal fired", { cause: this.#signal.reason });
    this.#began = performance.now();
  }
}
