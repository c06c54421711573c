import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { RerunError } from "@rerun-ts/core";
import { chunksOf, sizeOf } from "./body.ts";
import type { ByteSource, ObjectBody } from "./object-store.ts";

/** The size of the pieces for stores of others, which may keep them. */
const STREAM_BYTES = 1024 * 1024;
/** The size of the pieces of {@link reusedPieces}. */
const PIECE_BYTES = 256 * 1024;

/** The bytes of a file. */
export class FileSource implements ByteSource {
  readonly path: string;
  readonly size: number;

  constructor(path: string, size: number) {
    this.path = path;
    this.size = size;
  }

  chunks(): AsyncIterable<Uint8Array> {
    return createReadStream(this.path, { highWaterMark: STREAM_BYTES });
  }
}

/**
 * Reads a file piece by piece. Each piece is in the memory of the one before, so it must not be used any more when the
 * next one is asked for. With new memory for each, garbage collection would take more time than reading.
 */
export async function* reusedPieces(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a body, piece by piece. A piece of a {@link FileSource} is one of {@link reusedPieces}.
 *
 * @throws {RerunError} `INVALID_DATA` if the body has another size than it says, before bytes beyond it
 */
export async function* readBody(body: ObjectBody): AsyncGenerator<Uint8Array, void, undefined> {
  const expected = sizeOf(body);
  let bytes = 0;
  for await (const piece of body instanceof FileSource ? reusedPieces(body.path) : chunksOf(body)) {
    bytes += piece.byteLength;
    if (bytes > expected) throw new RerunError("INVALID_DATA", `the body has more bytes than ${expected}`);
    yield piece;
  }
  if (bytes < expected) throw new RerunError("INVALID_DATA", `the body has ${bytes} bytes instead of ${expected}`);
}
