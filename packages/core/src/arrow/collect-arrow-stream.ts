import { isUint8Array } from "../checks/kind-of.ts";
import { concatBytes } from "../bytes/concat-bytes.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";

/** A table as an Arrow IPC stream: its bytes, or parts of them one after the other. */
export type ArrowStream = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** The bytes of a stream. @throws {TypeError} if the value is no such stream */
export async function collectArrowStream(arrow: ArrowStream): Promise<Uint8Array<ArrayBuffer>> {
  if (isUint8Array(arrow)) return Uint8Array.from(arrow);
  const isIterable = typeof arrow === "object" && arrow !== null;
  if (!isIterable || !(Symbol.iterator in arrow || Symbol.asyncIterator in arrow)) throw wrongStream(arrow);
  const parts: Uint8Array[] = [];
  for await (const part of arrow) {
    if (!isUint8Array(part)) throw wrongStream(part);
    parts.push(part);
  }
  return concatBytes(parts);
}

function wrongStream(value: unknown): TypeError {
  return invalidArgument("arrow", "an Arrow IPC stream as Uint8Array, or parts of one", value);
}
