// The frames of the WebSocket protocol, as docs/websocket-protocol.md describes them.
import { concatBytes } from "../../bytes/concat-bytes.ts";
import type { EncodedMessage } from "../../rrd/encode/encoded-message.ts";
import { logMsgHeader } from "../grpc-frame.ts";

export const PROTOCOL_VERSION = 1;
/** The subprotocol that both sides speak. */
export const SUBPROTOCOL = "rerun-ts.v1";
/** The subprotocol of controls: see docs/controls-protocol.md. */
export const CONTROLS_SUBPROTOCOL = "rerun-ts.controls.v1";
/** The subprotocol that accompanies a token in the list of subprotocols. */
export const TOKEN_SUBPROTOCOL = "rerun-ts.token.";
export const SESSION_BYTES = 16;

const HELLO = 1;
const WELCOME = 2;
const DATA = 3;
const PART = 4;
const ACK = 5;
const ERROR = 6;
const RECEIVED = 7;
const ASK = 8;

/** The first frame of a client. */
export interface Hello {
  readonly type: "hello";
  readonly version: number;
  readonly session: Uint8Array;
  /** The number of the oldest record that is not acknowledged. */
  readonly first: number;
  readonly applicationId: string;
  readonly recordingId: string;
  readonly software: string;
  /**
   * Present only in a request that a page posts while it is unloaded, because such a request has no list of
   * subprotocols.
   */
  readonly token?: string | undefined;
}

/** The first frame of a relay. */
export interface Welcome {
  readonly type: "welcome";
  readonly version: number;
  /** Whether the relay knows the session. */
  readonly isResumed: boolean;
  /** Whether the relay is an edge, which knows all sessions, reports received records, and acknowledges them later. */
  readonly isEdge: boolean;
  /** The number of the first record that the relay does not hold. */
  readonly next: number;
  /** The maximum number of bytes in flight. */
  readonly window: number;
  readonly maxRecordBytes: number;
  readonly software: string;
}

/** Whole records. */
export interface DataFrame {
  readonly type: "data";
  /** The number of the first one. */
  readonly first: number;
  /** At least one record. Iterating decodes one at a time, and throws a {@link FrameError} at a malformed one. */
  readonly records: Iterable<Uint8Array>;
}

/** A piece of a record. */
export interface PartFrame {
  readonly type: "part";
  readonly number: number;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

export interface Ack {
  readonly type: "ack";
  /** The number of the first record that the relay does not hold. */
  readonly next: number;
  readonly window: number;
}

/** The records that an edge has received, and not stored yet. */
export interface Received {
  readonly type: "received";
  /** The number of the first record that has not arrived. */
  readonly next: number;
}

/** A client waits for the acknowledgement of all sent records. */
export interface Ask {
  readonly type: "ask";
}

export interface ErrorFrame {
  readonly type: "error";
  /** gRPC's. */
  readonly code: number;
  readonly message: string;
}

export type Frame = Hello | Welcome | DataFrame | PartFrame | Ack | ErrorFrame | Received | Ask;

/** A malformed frame. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

export function encodeHello(hello: Omit<Hello, "type">): Uint8Array<ArrayBuffer> {
  const { version, session, first, applicationId, recordingId, software, token } = hello;
  const strings = [applicationId, recordingId, software, ...(token === undefined ? [] : [token])];
  return concatBytes([[HELLO, version], session, u64(first), ...strings.map(encodeString)]);
}

export function encodeWelcome(welcome: Omit<Welcome, "type">): Uint8Array<ArrayBuffer> {
  const { version, isResumed, isEdge, next, window, maxRecordBytes, software } = welcome;
  const head = [WELCOME, version, isEdge ? 2 : isResumed ? 1 : 0];
  return concatBytes([head, u64(next), u32(window), u32(maxRecordBytes), encodeString(software)]);
}

/** Whole messages, the first of which has the number `first`. */
export function encodeData(first: number, messages: readonly EncodedMessage[]): Uint8Array<ArrayBuffer> {
  const records = messages.flatMap((message) => {
    const header = logMsgHeader(message);
    return [u32(header.length + message.payload.byteLength), header, message.payload];
  });
  return concatBytes([[DATA], u64(first), ...records]);
}

/**
 * One message in frames of about `maxBytes`, each as two pieces: the head of the frame, and bytes of the message, which
 * are not copied.
 */
export function* encodeParts(
  number: number,
  message: EncodedMessage,
  maxBytes: number,
): Generator<readonly [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]> {
  const { payload } = message;
  for (let at = 0; at < payload.byteLength; at += maxBytes) {
    const end = Math.min(at + maxBytes, payload.byteLength);
    const header = at === 0 ? logMsgHeader(message) : [];
    const isLast = [end === payload.byteLength ? 1 : 0];
    yield [concatBytes([[PART], u64(number), isLast, header]), payload.subarray(at, end)];
  }
}

export function encodeAck({ next, window }: Omit<Ack, "type">): Uint8Array<ArrayBuffer> {
  return concatBytes([[ACK], u64(next), u32(window)]);
}

export function encodeReceived(next: number): Uint8Array<ArrayBuffer> {
  return concatBytes([[RECEIVED], u64(next)]);
}

export function encodeAsk(): Uint8Array<ArrayBuffer> {
  return new Uint8Array([ASK]);
}

export function encodeError({ code, message }: Omit<ErrorFrame, "type">): Uint8Array<ArrayBuffer> {
  return concatBytes([[ERROR, code], encodeString(message)]);
}

/** Reads a frame without copying its bytes. @throws {FrameError} */
export function decodeFrame(bytes: Uint8Array): Frame {
  const reader = new FrameCursor(bytes);
  const frame = readFrame(reader);
  if (reader.rest > 0) throw new FrameError(`a frame has ${reader.rest} bytes too many`);
  return frame;
}

function readFrame(reader: FrameCursor): Frame {
  const type = reader.u8();
  switch (type) {
    case HELLO:
      return readHello(reader);
    case WELCOME:
      return readWelcome(reader);
    case DATA:
      return { type: "data", first: reader.u64(), records: readRecords(reader) };
    case PART:
      return { type: "part", number: reader.u64(), isLast: reader.u8() === 1, bytes: reader.take(reader.rest) };
    case ACK:
      return { type: "ack", next: reader.u64(), window: reader.u32() };
    case ERROR:
      return { type: "error", code: reader.u8(), message: reader.string() };
    case RECEIVED:
      return { type: "received", next: reader.u64() };
    case ASK:
      return { type: "ask" };
    default:
      throw new FrameError(`there is no frame ${type}`);
  }
}

function readHello(reader: FrameCursor): Hello {
  return {
    type: "hello",
    version: reader.u8(),
    session: reader.take(SESSION_BYTES),
    first: reader.u64(),
    applicationId: reader.string(),
    recordingId: reader.string(),
    software: reader.string(),
    token: reader.rest > 0 ? reader.string() : undefined,
  };
}

function readWelcome(reader: FrameCursor): Welcome {
  const [version, resumed] = [reader.u8(), reader.u8()];
  return {
    type: "welcome",
    version,
    isResumed: resumed !== 0,
    isEdge: resumed === 2,
    next: reader.u64(),
    window: reader.u32(),
    maxRecordBytes: reader.u32(),
    software: reader.string(),
  };
}

/** Reads records one at a time, because a frame may hold very many small ones. */
function readRecords(reader: FrameCursor): Iterable<Uint8Array> {
  const bytes = reader.take(reader.rest);
  return {
    *[Symbol.iterator](): Generator<Uint8Array> {
      const cursor = new FrameCursor(bytes);
      do {
        const length = cursor.u32();
        if (length === 0) throw new FrameError("a record is empty");
        yield cursor.take(length);
      } while (cursor.rest > 0);
    },
  };
}

/** The subprotocols that a client offers. */
export function offeredSubprotocols(token: string | undefined): string[] {
  return token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, tokenSubprotocol(token)];
}

/** A token as a subprotocol, escaped, because HTTP allows few of its characters. */
export function tokenSubprotocol(token: string): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(token));
  return TOKEN_SUBPROTOCOL + btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

class FrameCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get rest(): number {
    return this.#bytes.byteLength - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.rest) throw new FrameError(`a frame ends ${length - this.rest} bytes too early`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  u8(): number {
    return this.take(1)[0] as number;
  }

  u32(): number {
    this.take(4);
    return this.#view.getUint32(this.#at - 4);
  }

  u64(): number {
    const value = this.u32() * 2 ** 32 + this.u32();
    if (!Number.isSafeInteger(value)) throw new FrameError("a number is larger than 2^53 - 1");
    return value;
  }

  string(): string {
    this.take(2);
    const length = this.#view.getUint16(this.#at - 2);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(this.take(length));
    } catch (error) {
      throw error instanceof FrameError ? error : new FrameError("a string is not valid UTF-8");
    }
  }
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function u64(value: number): number[] {
  return [...u32(Math.floor(value / 2 ** 32)), ...u32(value >>> 0)];
}

const MAX_STRING_BYTES = 0xffff;

/** A string with its length in front. Longer strings are truncated between characters. */
function encodeString(value: string): Uint8Array {
  const bytes = new Uint8Array(Math.min(value.length * 3, MAX_STRING_BYTES));
  const { written } = new TextEncoder().encodeInto(value, bytes);
  return concatBytes([[written >>> 8, written & 0xff], bytes.subarray(0, written)]);
}
