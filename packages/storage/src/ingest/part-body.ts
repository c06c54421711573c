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
  /** The bytes of the body. */
  readonly pieces: readonly Uint8Array[];
  readonly sha256: string;
  readonly chunks: number;
  readonly rows: number;
  readonly staticBytes: number | undefined;
  readonly earlierStatics: number | undefined;
  /** The static data at the beginning of the part. */
  readonly statics: readonly EncodedMessage[];
}

/** The SHA-256 of pieces of data, as hexadecimal digits. */
export type HashPieces = (pieces: readonly Uint8Array[]) => string;

/** Small pieces are joined to pieces of this size. */
const PIECE_BYTES = 256 * 1024;

/**
 * Makes a part from packs. Payloads are copied unchanged, and the footer is made from their manifests. The part begins
 * with static data. Returns `undefined` if the packs have no messages besides the store info.
 */
export function partBody(
  { storeId, packs }: StorePacks,
  { repeated, all, earlier }: PartStatics,
  sha256: HashPieces,
): PartBody | undefined {
  if (packs.every(({ pack }) => pack.messages.length === 0)) return undefined;
  const writer = new RrdWriter({ maxFooterBytes: Infinity, allowConflicts: true });
  const pieces = new JoinedPieces();
  pieces.add(writer.header());
  const payload = packs.find(({ pack }) => pack.storeInfo !== undefined)?.pack.storeInfo;
  const write = (message: EncodedMessage): void => {
    pieces.add(writer.frame(message));
    pieces.add(message.payload);
  };
  if (payload !== undefined) write({ kind: "storeInfo", storeId, payload, isStatic: true });
  for (const message of repeated) write(message);
  const isStaticChunk = (message: EncodedMessage): boolean =>
    message.kind === "chunk" && retentionKey(message) !== undefined;
  for (const { pack } of packs) {
    if (pack.messages.isTemporal === true) continue;
    for (const message of pack.messages) if (isStaticChunk(message)) write(message);
  }
  const staticBytes = all.length === 0 ? undefined : writer.position;
  let [chunks, rows] = [0, 0];
  for (const { pack } of packs) {
    for (const message of pack.messages) {
      if (message.kind === "chunk") chunks++;
      rows += message.manifest?.rows ?? 0;
      if (!isStaticChunk(message)) write(message);
    }
  }
  pieces.add(writer.finish());
  const joined = pieces.finish();
  const body = bodyOf(writer.position, joined);
  const earlierStatics = earlier === 0 ? undefined : earlier;
  return {
    storeId,
    body,
    pieces: joined,
    sha256: sha256(joined),
    chunks,
    rows,
    staticBytes,
    earlierStatics,
    statics: all,
  };
}

/** Pieces as the body of an object. */
export function bodyOf(size: number, pieces: readonly Uint8Array[]): ByteSource {
  return { size, chunks: () => iterate(pieces) };
}

// oxlint-disable-next-line typescript/require-await -- the interface is asynchronous
async function* iterate(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** Bytes in few pieces: frames and small payloads are copied, large payloads are not. */
class JoinedPieces {
  readonly #pieces: Uint8Array[] = [];
  #block = new Uint8Array(PIECE_BYTES);
  /** The bytes of the block in complete pieces, and those with the bytes since. */
  #start = 0;
  #end = 0;

  add(piece: Uint8Array): void {
    if (piece.byteLength > PIECE_BYTES / 4) {
      this.#cut();
      this.#pieces.push(piece);
      return;
    }
    if (this.#end + piece.byteLength > PIECE_BYTES) {
      this.#cut();
      this.#block = new Uint8Array(PIECE_BYTES);
      this.#start = this.#end = 0;
    }
    this.#block.set(piece, this.#end);
    this.#end += piece.byteLength;
  }

  /** All pieces. */
  finish(): readonly Uint8Array[] {
    // A commit may have many small parts, none of which holds a whole block.
    if (this.#end < PIECE_BYTES / 2) this.#block = this.#block.slice(0, this.#end);
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    if (this.#end > this.#start) this.#pieces.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
