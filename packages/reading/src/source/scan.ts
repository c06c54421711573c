import { decodeStreamHeader } from "@rerun-ts/core/rrd";
import { checkAborted, concatBytes } from "@rerun-ts/core/util";
import { FrameReader, type Damage, type PlacedMessage } from "./frame-reader.ts";
import type { OpenSource, ReadOptions } from "./random-access.ts";

/** Gives the memory of a part of a stream, which is used while the next part is read. */
export type AllocatePart = (length: number) => Uint8Array;

/** Number of bytes of each read. */
const WINDOW = 4 * 1024 * 1024;
/** The same for files. Fewer, so that the objects of the messages live too briefly to burden garbage collection. */
const FILE_WINDOW = 1024 * 1024;

/**
 * Reads all messages of a stream from its beginning, and continues after damage. The next part is read while the caller
 * uses the messages of the last.
 *
 * @param damage receives the losses
 * @param allocate gives the memory of parts. Default: new memory
 * @throws {RerunError} `INVALID_FORMAT` if the stream does not begin like a recording
 */
export async function* scan(
  access: OpenSource,
  damage: Damage[],
  options: ReadOptions = {},
  allocate: AllocatePart = newMemory,
): AsyncGenerator<readonly PlacedMessage[], void, undefined> {
  const reader = new FrameReader(access.size);
  let base = 0;
  checkAborted(options.signal);
  let next = readPart(access, new Uint8Array(0), 0, 0, allocate, options);
  for (;;) {
    const part = await next;
    if (base === 0) decodeStreamHeader(part);
    const isLast = base + part.byteLength >= access.size;
    const messages: PlacedMessage[] = [];
    const frames = reader.read(part, base);
    let step = frames.next();
    for (; step.done !== true; step = frames.next()) messages.push(step.value);
    const { read, needed } = step.value;
    base += read;
    if (!isLast) {
      next = readPart(access, part.subarray(read), base, needed, allocate, options);
      // A failure is reported when the part is wanted.
      next.catch(() => {});
    }
    damage.push(...reader.damage.splice(0));
    if (messages.length > 0) yield messages;
    if (isLast) return;
    checkAborted(options.signal);
  }
}

function newMemory(length: number): Uint8Array {
  return new Uint8Array(length);
}

/**
 * Reads the next part of a stream.
 *
 * @param rest what is left of the last part, and begins at `base`: the part begins with it
 * @param needed the least length of the part
 */
async function readPart(
  access: OpenSource,
  rest: Uint8Array,
  base: number,
  needed: number,
  allocate: AllocatePart,
  options: ReadOptions,
): Promise<Uint8Array> {
  const start = base + rest.byteLength;
  const window = access.readInto === undefined ? WINDOW : FILE_WINDOW;
  const length = Math.min(access.size - start, Math.max(needed - rest.byteLength, window));
  if (length <= 0) return rest;
  if (access.readInto === undefined) {
    const piece = await access.read(start, length, options);
    return rest.byteLength === 0 ? piece : concatBytes([rest, piece]);
  }
  const part = allocate(rest.byteLength + length);
  part.set(rest);
  await access.readInto(part.subarray(rest.byteLength), start, options);
  return part;
}
