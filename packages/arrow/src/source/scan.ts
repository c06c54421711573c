import { concatBytes } from "@rerun-ts/core/encode";
import { decodeStreamHeader } from "@rerun-ts/core/rrd";
import { checkAborted } from "./collect.ts";
import { FrameReader, type Damage, type PlacedMessage } from "./frame-reader.ts";
import type { OpenSource, ReadOptions } from "./random-access.ts";

/** Number of bytes of each read. */
const WINDOW = 4 * 1024 * 1024;

/** Options of {@link scan}. */
export interface ScanOptions extends ReadOptions {
  /**
   * Whether the memory of messages is overwritten when the next ones are read. New memory for gigabytes keeps the
   * garbage collector busy. Default `false`.
   */
  readonly isReused?: boolean | undefined;
}

/**
 * Reads all messages of a stream from its beginning, and continues after damage. The next part is read while the caller
 * uses the messages of the last.
 *
 * @param damage receives the losses
 * @throws {RerunError} `INVALID_FORMAT` if the stream does not begin like a recording
 */
export async function* scan(
  access: OpenSource,
  damage: Damage[],
  options: ScanOptions = {},
): AsyncGenerator<readonly PlacedMessage[], void, undefined> {
  const reader = new FrameReader(access.size);
  const parts = new PartReader(access, options);
  let base = 0;
  let next = parts.read(new Uint8Array(0), 0, WINDOW);
  for (;;) {
    checkAborted(options.signal);
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
      next = parts.read(part.subarray(read), base, needed);
      // A failure is reported when the part is wanted.
      next.catch(() => {});
    }
    damage.push(...reader.damage.splice(0));
    if (messages.length > 0) yield messages;
    if (isLast) return;
  }
}

/** Reads a stream in parts, each of which begins with what is left of the one before. */
class PartReader {
  readonly #access: OpenSource;
  readonly #options: ScanOptions;
  /** The memory of the last part, and of the one before it. */
  #memory: Uint8Array = new Uint8Array(0);
  #free: Uint8Array = new Uint8Array(0);

  constructor(access: OpenSource, options: ScanOptions) {
    this.#access = access;
    this.#options = options;
  }

  /**
   * @param rest the end of the last part, which begins at `base`
   * @param needed the least length of the part
   */
  async read(rest: Uint8Array, base: number, needed: number): Promise<Uint8Array> {
    const { size, readInto } = this.#access;
    const start = base + rest.byteLength;
    const length = Math.min(size - start, Math.max(needed - rest.byteLength, WINDOW));
    if (length <= 0) return rest;
    if (readInto === undefined) {
      const piece = await this.#access.read(start, length, this.#options);
      return rest.byteLength === 0 ? piece : concatBytes([rest, piece]);
    }
    const part = this.#take(rest.byteLength + length);
    part.set(rest);
    await readInto(part.subarray(rest.byteLength), start, this.#options);
    return part;
  }

  #take(length: number): Uint8Array {
    if (this.#options.isReused !== true) return new Uint8Array(length);
    // Somewhat more, because what is left of a part differs in its length.
    const memory = length <= this.#free.byteLength ? this.#free : new Uint8Array(length + WINDOW / 8);
    this.#free = this.#memory;
    this.#memory = memory;
    return memory.subarray(0, length);
  }
}
