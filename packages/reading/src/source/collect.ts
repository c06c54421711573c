import { argumentError, isUint8Array } from "@rerun-ts/core/checks";
import { checkAborted, concatBytes } from "@rerun-ts/core/util";
import { fromBytes, type RandomAccess, type ReadOptions } from "./random-access.ts";

/** Reads a stream to its end, into memory. */
export async function collect(
  stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
  options?: ReadOptions,
): Promise<RandomAccess> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(stream)) {
    checkAborted(options?.signal);
    if (!isUint8Array(piece))
      throw argumentError("source", "`source` must be a stream of Uint8Array, but it yielded something else");
    pieces.push(piece);
  }
  return fromBytes(concatBytes(pieces));
}

/** The pieces of a stream, because not all browsers can iterate a `ReadableStream`. */
async function* piecesOf(
  stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!("getReader" in stream)) {
    yield* stream;
    return;
  }
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
