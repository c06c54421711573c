import { GRPC_STATUS, RelayRefusal } from "./relay-refusal.ts";

/** gRPC's prefix of a message: a flag, then the length in 4 bytes. */
const PREFIX_BYTES = 5;
/** Memory for a message is taken at once up to here; beyond, only as its bytes come: its length is no more than a claim. */
const TRUSTED_BYTES = 4 * 1024 * 1024;
/** From here on a message gets memory of its own. */
const OWN_BYTES = 16 * 1024;
/** The largest message. */
export const MAX_MESSAGE_BYTES: number = 2 ** 30;
/** What all messages may take that are not complete yet; one large message alone may take more. */
const MAX_INCOMPLETE_BYTES = 256 * 1024 * 1024;
const MAX_OTHERS_BYTES = 64 * 1024 * 1024;

/** The memory that messages take which are not complete yet, of all connections together. */
export class IncompleteMessages {
  bytes = 0;
}

/** Takes a complete message with its prefix; the memory holds nothing else if it `isOwn`. */
export type FrameListener = (bytes: Buffer, start: number, end: number, isOwn: boolean) => void;

/** Cuts the body of a call into messages, wherever its pieces begin and end. Source: grpc.io, "gRPC over HTTP2". */
export class FrameReader {
  readonly #onFrame: FrameListener;
  readonly #incomplete: IncompleteMessages;
  /** What has come of a message that is not complete, and how long it will be; first that of the prefix. */
  #part: Buffer | undefined;
  #filled = 0;
  #size = 0;

  constructor(incomplete: IncompleteMessages, onFrame: FrameListener) {
    this.#incomplete = incomplete;
    this.#onFrame = onFrame;
  }

  /** The next piece. @throws {RelayRefusal} if it cannot be one, or what `onFrame` throws. */
  push(piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      const left = piece.length - at;
      if (this.#part === undefined && left >= PREFIX_BYTES) {
        const size = readSize(piece, at);
        if (size <= left) {
          this.#onFrame(piece, at, at + size, false);
          at += size;
          continue;
        }
      }
      at += this.#collect(piece, at);
    }
  }

  /** There are no more pieces. @throws {RelayRefusal} if a message is cut. */
  end(): void {
    const isCut = this.#part !== undefined;
    this.release();
    if (isCut) throw new RelayRefusal(GRPC_STATUS.internal, "Unexpected EOF decoding stream.");
  }

  /** Lets go of a message that will not be complete. */
  release(): void {
    this.#incomplete.bytes -= this.#part?.length ?? 0;
    this.#part = undefined;
  }

  /** Adds to the incomplete message what belongs to it. Returns how many bytes. */
  #collect(piece: Buffer, at: number): number {
    if (this.#part === undefined) {
      this.#filled = 0;
      this.#size = PREFIX_BYTES;
      this.#grow(PREFIX_BYTES);
    }
    const part = this.#part as unknown as Buffer;
    const count = piece.copy(part, this.#filled, at, Math.min(piece.length, at + part.length - this.#filled));
    this.#filled += count;
    if (this.#filled < part.length) return count;
    // The first five bytes tell how many more there are.
    if (this.#filled === PREFIX_BYTES) this.#size = readSize(part, 0);
    if (this.#filled < this.#size) {
      this.#grow(Math.min(this.#size, Math.max(TRUSTED_BYTES, this.#filled * 2)));
      return count;
    }
    this.release();
    this.#onFrame(part, 0, this.#size, this.#size > OWN_BYTES);
    return count;
  }

  #grow(size: number): void {
    const before = this.#part;
    const others = this.#incomplete.bytes - (before?.length ?? 0);
    if (others + size > MAX_INCOMPLETE_BYTES && others > MAX_OTHERS_BYTES)
      throw new RelayRefusal(GRPC_STATUS.resourceExhausted, "there are too many large messages at the same time");
    const part = Buffer.allocUnsafeSlow(size);
    before?.copy(part, 0, 0, this.#filled);
    this.#part = part;
    this.#incomplete.bytes = others + size;
  }
}

/** How long the message at `at` is with its prefix. */
function readSize(bytes: Buffer, at: number): number {
  const flag = bytes[at] as number;
  if (flag === 1) throw new RelayRefusal(GRPC_STATUS.unimplemented, "compressed messages are not supported");
  if (flag !== 0) throw new RelayRefusal(GRPC_STATUS.internal, `invalid compression flag ${flag}`);
  const size = bytes.readUInt32BE(at + 1);
  if (size > MAX_MESSAGE_BYTES)
    throw new RelayRefusal(
      GRPC_STATUS.resourceExhausted,
      `a message of ${size} bytes is larger than the limit of ${MAX_MESSAGE_BYTES}`,
    );
  return PREFIX_BYTES + size;
}
