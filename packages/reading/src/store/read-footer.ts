import { messageOf } from "@rerun-ts/core/checks";
import type { StoreInfoMessage } from "@rerun-ts/core/decode";
import {
  CHECKSUM_SEED,
  MESSAGE_HEADER_LENGTH,
  STREAM_FOOTER_LENGTH,
  STREAM_HEADER_LENGTH,
  decodeFooter,
  decodeMessage,
  decodeMessageFrame,
  decodeStreamHeader,
  isStreamFooter,
  isStreamHeader,
  xxh32,
  type RrdManifest,
} from "@rerun-ts/core/rrd";
import type { RandomAccess, ReadOptions } from "../source/random-access.ts";

/** Number of bytes of the end that are read first: most footers come whole. */
const TAIL_BYTES = 64 * 1024;
/** Number of bytes of the beginning that are read for the store infos there. */
const HEAD_BYTES = 1024;

/** The index at the end of a recording, and the position of the message that holds it. */
export interface Footer {
  readonly manifests: readonly RrdManifest[];
  readonly offset: number;
  /** Messages that open stores at the beginning of the recording. */
  readonly storeInfos: readonly StoreInfoMessage[];
}

/** The reason why a source has no footer that can be used. */
export interface NoFooter {
  readonly missing: string;
  /** The position of the message that should contain the footer, if there is one. */
  readonly offset?: number;
  /** Whether the source ends as it should, so that reading all of it finds everything. */
  readonly isComplete?: boolean;
}

const NOT_FINISHED = "there is no footer: the recording was not closed, was cut off, or something follows it";

/** Options of {@link readFooter}. */
export interface ReadFooterOptions extends ReadOptions {
  /** Whether to read the footers of writers that are known to be wrong, too. Default `false`. */
  readonly isAnyWriterTrusted?: boolean | undefined;
}

/** Reads the index of a recording from its end, or returns the reason why the index cannot be used. */
export async function readFooter(access: RandomAccess, options?: ReadFooterOptions): Promise<Footer | NoFooter> {
  const { size } = access;
  if (size < STREAM_HEADER_LENGTH + STREAM_FOOTER_LENGTH) return { missing: NOT_FINISHED };
  const tailLength = Math.min(size, TAIL_BYTES);
  const tailRead = access.read(size - tailLength, tailLength, options);
  // A small recording is read with one request.
  const headRead = tailLength === size ? tailRead : access.read(0, HEAD_BYTES, options);
  const [head, tail] = await Promise.all([headRead, tailRead]);
  const trailer = tail.subarray(tailLength - STREAM_FOOTER_LENGTH);
  if (!isStreamHeader(head) || !isStreamFooter(trailer)) return { missing: NOT_FINISHED };
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  const offset = Number(view.getBigUint64(0, true));
  const length = Number(view.getBigUint64(8, true));
  const isWhole =
    offset >= STREAM_HEADER_LENGTH + MESSAGE_HEADER_LENGTH && offset + length === size - STREAM_FOOTER_LENGTH;
  if (!isWhole || view.getUint32(28, true) !== 1)
    return {
      missing: "the footer is not where the end of the source says: these may be several recordings in sequence",
    };
  const start = size - tailLength;
  const payload =
    offset >= start
      ? tail.subarray(offset - start, offset - start + length)
      : await access.read(offset, length, options);
  if (xxh32(payload, CHECKSUM_SEED) !== view.getUint32(16, true))
    return { missing: "the checksum of the footer is wrong", offset: offset - MESSAGE_HEADER_LENGTH };
  const { version } = decodeStreamHeader(head);
  if (options?.isAnyWriterTrusted !== true && hasWrongFooters(version))
    return {
      missing: `Rerun ${version} wrote the footer, which may list chunks under another recording or blueprint`,
      offset: offset - MESSAGE_HEADER_LENGTH,
      isComplete: true,
    };
  try {
    const storeInfos = readStoreInfos(head);
    return { manifests: decodeFooter(payload).manifests, offset: offset - MESSAGE_HEADER_LENGTH, storeInfos };
  } catch (error) {
    return { missing: `the footer cannot be decoded: ${messageOf(error)}`, offset: offset - MESSAGE_HEADER_LENGTH };
  }
}

/**
 * Whether footers of this version of Rerun may list chunks under another store. Those of 0.28.0 to 0.32.0 list each
 * chunk under the store that was opened last, such as the blueprint that was sent before it.
 */
function hasWrongFooters(version: string): boolean {
  const [major, minor, patch] = version.split(".").map(Number) as [number, number, number];
  return major === 0 && minor >= 28 && (minor < 32 || (minor === 32 && patch === 0));
}

/** The store infos at the beginning of a stream, as far as its first bytes contain them. */
function readStoreInfos(head: Uint8Array): readonly StoreInfoMessage[] {
  const infos: StoreInfoMessage[] = [];
  for (let offset = STREAM_HEADER_LENGTH; offset + MESSAGE_HEADER_LENGTH <= head.byteLength;) {
    const frame = decodeMessageFrame(head.subarray(offset));
    const start = offset + MESSAGE_HEADER_LENGTH;
    if (frame?.kind !== "storeInfo" || start + frame.length > head.byteLength) break;
    try {
      infos.push(decodeMessage("storeInfo", head.subarray(start, start + frame.length)) as StoreInfoMessage);
    } catch {
      // Reading the whole stream reports the damage.
      break;
    }
    offset = start + frame.length;
  }
  return infos;
}
