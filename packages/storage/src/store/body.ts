import { isUint8Array } from "@rerun-ts/core/checks";
import type { ByteSource, ObjectBody } from "./object-store.ts";

/** The size of the pieces in which a blob is read. */
const PIECE_BYTES = 1024 * 1024;

/** The number of bytes of a body. */
export function sizeOf(body: ObjectBody): number {
  return isUint8Array(body) ? body.byteLength : body.size;
}

/** The bytes of a body, piece by piece. */
export async function* chunksOf(body: ObjectBody): AsyncGenerator<Uint8Array, void, undefined> {
  if (isUint8Array(body)) yield body;
  else if ("chunks" in body) yield* body.chunks();
  else {
    for (let at = 0; at < body.size; at += PIECE_BYTES)
      yield new Uint8Array(await body.slice(at, at + PIECE_BYTES).arrayBuffer());
  }
}

/** All bytes of a source in memory. */
export async function collectSource(source: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(source.size);
  let at = 0;
  for await (const piece of source.chunks()) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}
