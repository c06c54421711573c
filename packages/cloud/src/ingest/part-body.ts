import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { RrdWriter } from "@rerun-ts/core/encode";
import { retentionKey } from "@rerun-ts/core/transport";
import type { ByteSource } from "../store/object-store.ts";
import type { StorePacks } from "./batch.ts";
import type { PartStatics } from "./static-data.ts";

/** A complete `.rrd`, with the facts for its commit. */
export interface PartBody {
  readonly storeId: StoreId;
  readonly body: ByteSource;
  readonly sha256: string;
  readonly chunks: number;
  readonly rows: number;
  readonly staticBytes: number | undefined;
  /** The static data of the store with this part. */
  readonly statics: readonly EncodedMessage[];
}

/** The SHA-256 of pieces of data, as hexadecimal digits. */
export type HashPieces = (pieces: readonly Uint8Array[]) => string;

/** Small pieces are joined to pieces of this size. */
const PIECE_BYTES = 256 * 1024;

/**
 * Makes a part from packs. Payloads are copied unchanged, and the footer is made from their manifests. The part begins
 * with all static data. Returns `undefined` if the packs have no messages besides the store info.
 */
export function partBody(
  { storeId, packs }: StorePacks,
  { repeated, all }: PartStatics,
  sha256: HashPieces,
): PartBody | undefined {
  if (packs.every(({ pack }) => pack.messages.length === 0)) return undefined;
  const writer = new RrdWriter({ maxFooterBytes: Infinity });
  const pieces: Uint8Array[] = [writer.header()];
  const payload = packs.find(({ pack }) => pack.storeInfo !== undefined)?.pack.storeInfo;
  if (payload !== undefined)
    pieces.push(writer.frame({ kind: "storeInfo", storeId, payload, isStatic: true }), payload);
  const messages = packs.flatMap(({ pack }) => pack.messages);
  const write = (message: EncodedMessage): void => void pieces.push(writer.frame(message), message.payload);
  for (const message of repeated) write(message);
  const isStaticChunk = (message: EncodedMessage): boolean =>
    message.kind === "chunk" && retentionKey(message) !== undefined;
  for (const message of messages) if (isStaticChunk(message)) write(message);
  const staticBytes = all.length === 0 ? undefined : writer.position;
  for (const message of messages) if (!isStaticChunk(message)) write(message);
  const chunks = messages.filter(({ kind }) => kind === "chunk").length;
  const rows = messages.reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0);
  pieces.push(writer.finish());
  const joined = [...joinSmall(pieces)];
  const body = { size: writer.position, chunks: () => iterate(joined) };
  return { storeId, body, sha256: sha256(joined), chunks, rows, staticBytes, statics: all };
}

// oxlint-disable-next-line typescript/require-await -- the interface is asynchronous
async function* iterate(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** The same bytes in fewer pieces: frames and small payloads are copied, large payloads are not. */
function* joinSmall(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let block = new Uint8Array(PIECE_BYTES);
  let used = 0;
  for (const piece of pieces) {
    if (piece.byteLength > PIECE_BYTES / 4) {
      if (used > 0) yield block.subarray(0, used);
      block = block.subarray(used);
      used = 0;
      yield piece;
      continue;
    }
    if (used + piece.byteLength > block.byteLength) {
      if (used > 0) yield block.subarray(0, used);
      [block, used] = [new Uint8Array(PIECE_BYTES), 0];
    }
    block.set(piece, used);
    used += piece.byteLength;
  }
  if (used > 0) yield block.subarray(0, used);
}
