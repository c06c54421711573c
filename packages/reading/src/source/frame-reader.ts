import { messageOf } from "@rerun-ts/core/checks";
import type { RrdMessage } from "@rerun-ts/core/decode";
import {
  readField,
  type ProtobufField,
  MESSAGE_HEADER_LENGTH,
  STREAM_FOOTER_LENGTH,
  STREAM_HEADER_LENGTH,
  decodeMessage,
  decodeMessageFrame,
  isStreamFooter,
  isStreamHeader,
} from "@rerun-ts/core/rrd";

/** Unreadable bytes of a recording. */
export interface Damage {
  /** Description of the problem. */
  readonly reason: string;
  /** The position of the first lost byte. */
  readonly offset: number;
  /** The number of lost bytes. */
  readonly lostBytes: number;
}

/** A message of a stream, and the position of its payload. */
export interface PlacedMessage {
  readonly message: RrdMessage;
  /** The position of the payload. */
  readonly offset: number;
}

/**
 * The outcome of reading one frame: a message or damage, with the position to continue at, or the number of bytes that
 * are needed.
 */
type Step = { readonly next: number; readonly message?: RrdMessage } | { readonly needed: number };

/** The maximum cost of false messages, in bytes per byte of the stream. Real damage costs far less. */
const MAX_COST = 8;
/** The cost of checking a field of a possible message. */
const FIELD_COST = 8;

/**
 * Reads the messages of a part of a stream. After damage, reading continues at the next whole message, so one wrong
 * byte loses at most one message. Reading takes linear time: in a stream made of false messages, the search stops once
 * they have cost too much.
 */
export class FrameReader {
  /** Losses so far. */
  readonly damage: Damage[] = [];
  /** Cost of checking false messages so far, in approximate bytes. */
  cost = 0;
  /** Offset of the bytes that could not be read yet, or `undefined` after a whole message. */
  #lostFrom: { readonly offset: number; readonly reason: string } | undefined;
  readonly #size: number;

  /** @param size the number of bytes of the whole stream */
  constructor(size: number) {
    this.#size = size;
  }

  /**
   * Yields the messages of `part`, which begins at `base`. Returns the number of bytes that were read, and the number
   * of bytes that are needed to continue.
   */
  *read(part: Uint8Array, base: number): Generator<PlacedMessage, { readonly read: number; readonly needed: number }> {
    let offset = 0;
    const isLast = base + part.byteLength >= this.#size;
    for (;;) {
      if (offset === part.byteLength) return this.#stop(offset, 1, base, isLast);
      const step = this.#step(part, offset, base, isLast);
      if ("needed" in step) return this.#stop(offset, step.needed, base, isLast);
      if (step.message !== undefined) {
        this.#found(base + offset);
        yield { message: step.message, offset: base + offset + MESSAGE_HEADER_LENGTH };
      }
      offset = step.next;
    }
  }

  #stop(offset: number, needed: number, base: number, isLast: boolean): { read: number; needed: number } {
    if (isLast) this.#found(base + offset);
    return { read: offset, needed };
  }

  #step(part: Uint8Array, offset: number, base: number, isLast: boolean): Step {
    const rest = part.subarray(offset);
    if (isStreamHeader(rest) && rest.byteLength >= STREAM_HEADER_LENGTH) {
      this.#found(base + offset);
      return { next: offset + STREAM_HEADER_LENGTH };
    }
    const footer = rest.subarray(0, STREAM_FOOTER_LENGTH);
    if (footer.byteLength === STREAM_FOOTER_LENGTH && isStreamFooter(footer)) {
      this.#found(base + offset);
      return { next: offset + STREAM_FOOTER_LENGTH };
    }
    if (rest.byteLength < STREAM_FOOTER_LENGTH && !isLast) return { needed: STREAM_FOOTER_LENGTH };
    const frame = rest.byteLength >= MESSAGE_HEADER_LENGTH ? decodeMessageFrame(rest) : undefined;
    if (frame === undefined) return this.#lose(base, offset, part, NO_MESSAGE);
    const end = MESSAGE_HEADER_LENGTH + frame.length;
    if (end > rest.byteLength) {
      // Check the fields first, so that a false header does not make the reader load the whole rest.
      if (base + offset + end <= this.#size && this.#hasFields(rest, end)) return { needed: end };
      return this.#lose(base, offset, part, "a message is truncated, or its length is wrong");
    }
    if (frame.kind === "end" && frame.length === 0) {
      // Zeros look like an end message, but usually are damage.
      if (end + STREAM_FOOTER_LENGTH > rest.byteLength && !isLast) return { needed: end + STREAM_FOOTER_LENGTH };
      if (this.#lostFrom !== undefined || !mayEndBefore(rest.subarray(end)))
        return this.#lose(base, offset, part, NO_MESSAGE);
    }
    const isDoubtful = this.#lostFrom !== undefined || this.cost > MAX_COST * this.#size;
    if (isDoubtful && !this.#hasFields(rest, end)) return this.#lose(base, offset, part, NO_MESSAGE);
    try {
      return {
        next: offset + end,
        message: checked(decodeMessage(frame.kind, rest.subarray(MESSAGE_HEADER_LENGTH, end))),
      };
    } catch (error) {
      const reason = messageOf(error);
      if (this.#lostFrom === undefined && mayFollow(rest.subarray(end))) {
        this.damage.push({ reason, offset: base + offset, lostBytes: end });
        return { next: offset + end };
      }
      this.cost += end;
      return this.#lose(base, offset, part, reason);
    }
  }

  /** Whether the bytes up to `end`, as far as they are there, are the fields of a message. */
  #hasFields(rest: Uint8Array, end: number): boolean {
    const field: ProtobufField = { number: 0, wireType: 0, start: 0, end: MESSAGE_HEADER_LENGTH };
    const known = end > rest.byteLength ? rest.byteLength - MAX_FIELD_START : end;
    try {
      while (field.end < known) {
        this.cost += FIELD_COST;
        if (this.cost > MAX_COST * this.#size) return false;
        readField(rest, field.end, end, field);
      }
      return true;
    } catch {
      return false;
    }
  }

  /** Skips to the next byte at which a message could begin. */
  #lose(base: number, offset: number, part: Uint8Array, reason: string): Step {
    this.#lostFrom ??= { offset: base + offset, reason };
    let next = offset + 1;
    while (next + 8 <= part.byteLength && !isPlausible(part, next)) next++;
    const isEnd = next + 8 > part.byteLength && base + part.byteLength >= this.#size;
    return { next: isEnd ? part.byteLength : next };
  }

  /** Ends a lost range, because a whole message begins here. */
  #found(offset: number): void {
    const lost = this.#lostFrom;
    this.#lostFrom = undefined;
    if (lost !== undefined && offset > lost.offset)
      this.damage.push({ reason: lost.reason, offset: lost.offset, lostBytes: offset - lost.offset });
  }
}

const NO_MESSAGE = "the bytes are not a message";
/** The maximum number of bytes of a field before its value. */
const MAX_FIELD_START = 20;

/** @throws {Error} if the content of a message contradicts its kind */
function checked(message: RrdMessage): RrdMessage {
  if (message.kind === "activation" && message.storeId.kind !== "blueprint")
    throw new Error("a message activates a blueprint, but names a recording");
  if (message.kind === "end" && message.footer !== undefined) {
    const { manifests } = message.footer;
    if (manifests.length === 0 || manifests.some(({ storeId, data }) => !storeId || !data))
      throw new Error("a footer has no index");
  }
  if (message.kind !== "end" && message.storeId.recordingId === "") throw new Error("a message has no store id");
  return message;
}

/** Whether a stream may end before these bytes: they are another stream, a footer, or none. */
function mayEndBefore(bytes: Uint8Array): boolean {
  return bytes.byteLength === 0 || isStreamHeader(bytes) || isStreamFooter(bytes);
}

/** Whether a message, a header, a footer or the end of the bytes may be here. */
function mayFollow(bytes: Uint8Array): boolean {
  if (bytes.byteLength < MESSAGE_HEADER_LENGTH) return bytes.byteLength === 0;
  return isStreamHeader(bytes) || decodeMessageFrame(bytes) !== undefined;
}

/** Whether a message or a stream may begin here: a quick look at 8 bytes. */
function isPlausible(bytes: Uint8Array, offset: number): boolean {
  const first = bytes[offset] as number;
  if (first === 0x52) return bytes[offset + 1] === 0x52 && bytes[offset + 2] === 0x46 && bytes[offset + 3] === 0x32;
  if (first > 3) return false;
  for (let index = offset + 1; index < offset + 8; index++) if (bytes[index] !== 0) return false;
  // Zeros are a message that ends a stream, which is useless as a place to continue.
  if (first !== 0 || offset + MESSAGE_HEADER_LENGTH > bytes.byteLength) return true;
  for (let index = offset + 8; index < offset + MESSAGE_HEADER_LENGTH; index++) if (bytes[index] !== 0) return true;
  return false;
}
