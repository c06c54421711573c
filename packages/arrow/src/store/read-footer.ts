import { RerunError } from "@rerun-ts/core";
import {
  CHECKSUM_SEED,
  MESSAGE_HEADER_LENGTH,
  STREAM_FOOTER_LENGTH,
  STREAM_HEADER_LENGTH,
  decodeFooter,
  isStreamFooter,
  isStreamHeader,
  xxh32,
  type RrdManifest,
} from "@rerun-ts/core/internal-decode";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";

/** How much of the end is read first: most footers come whole. */
const TAIL_BYTES = 64 * 1024;

/** The index at the end of a recording, and the position of the message that holds it. */
export interface Footer {
  readonly manifests: readonly RrdManifest[];
  readonly at: number;
}

/**
 * Reads the index of a recording from its end. Returns `undefined` if it has none that can be trusted: it was truncated,
 * something follows it, or it is several recordings in sequence.
 */
export async function readFooter(access: RandomAccess, options?: ReadOptions): Promise<Footer | undefined> {
  const { size } = access;
  if (size < STREAM_HEADER_LENGTH + STREAM_FOOTER_LENGTH) return undefined;
  const tailLength = Math.min(size, TAIL_BYTES);
  const [head, tail] = await Promise.all([
    access.read(0, STREAM_HEADER_LENGTH, options),
    access.read(size - tailLength, tailLength, options),
  ]);
  const trailer = tail.subarray(tailLength - STREAM_FOOTER_LENGTH);
  if (!isStreamHeader(head) || !isStreamFooter(trailer)) return undefined;
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  const at = Number(view.getBigUint64(0, true));
  const length = Number(view.getBigUint64(8, true));
  const isWhole = at >= STREAM_HEADER_LENGTH + MESSAGE_HEADER_LENGTH && at + length === size - STREAM_FOOTER_LENGTH;
  if (!isWhole || view.getUint32(28, true) !== 1) return undefined;
  const start = size - tailLength;
  const payload = at >= start ? tail.subarray(at - start, at - start + length) : await access.read(at, length, options);
  if (xxh32(payload, CHECKSUM_SEED) !== view.getUint32(16, true)) return undefined;
  try {
    return { manifests: decodeFooter(payload).manifests, at: at - MESSAGE_HEADER_LENGTH };
  } catch (error) {
    throw new RerunError("FORMAT", "the footer of the recording is damaged", { cause: error });
  }
}
