import { concatBytes } from "@rerun-ts/core/encode";
import { decodeStreamHeader } from "@rerun-ts/core/rrd";
import { checkAborted } from "./collect.ts";
import { FrameReader, type Damage, type PlacedMessage } from "./frame-reader.ts";
import type { RandomAccess, ReadOptions } from "./random-access.ts";

/** Number of bytes of each read. */
const WINDOW = 4 * 1024 * 1024;

/**
 * Reads all messages of a stream from its beginning, and continues after damage.
 *
 * @param damage receives the losses
 * @throws {RerunError} `INVALID_FORMAT` if the stream does not begin like a recording
 */
export async function* scan(
  access: RandomAccess,
  damage: Damage[],
  options?: ReadOptions,
): AsyncGenerator<readonly PlacedMessage[], void, undefined> {
  const reader = new FrameReader(access.size);
  let part = new Uint8Array(0);
  let base = 0;
  let needed = WINDOW;
  for (;;) {
    checkAborted(options?.signal);
    const position = base + part.byteLength;
    const length = Math.min(access.size - position, Math.max(needed - part.byteLength, WINDOW));
    const piece = length > 0 ? await access.read(position, length, options) : new Uint8Array(0);
    part = (part.byteLength === 0 ? piece : concatBytes([part, piece])) as Uint8Array<ArrayBuffer>;
    if (base === 0 && position === 0) decodeStreamHeader(part);
    const isLast = position + length >= access.size;
    const messages: PlacedMessage[] = [];
    const frames = reader.read(part, base);
    let step = frames.next();
    for (; step.done !== true; step = frames.next()) messages.push(step.value);
    part = part.subarray(step.value.read);
    base += step.value.read;
    needed = step.value.needed;
    damage.push(...reader.damage.splice(0));
    if (messages.length > 0) yield messages;
    if (isLast) return;
  }
}
