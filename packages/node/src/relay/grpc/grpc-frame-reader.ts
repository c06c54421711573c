import { GRPC_STATUS } from "@rerun-ts/core/transport";
import type { MemoryReservation } from "../receive-memory.ts";
import { RelayError } from "../relay-error.ts";

/** The size of gRPC's prefix of a message: a flag, then the length in 4 bytes. */
const PREFIX_BYTES = 5;
/** The memory for a message grows with the bytes that arrive, in larger steps up to this size. */
const FAST_BYTES = 4 * 1024 * 1024;
const FAST_GROWTH = 4;
const GROWTH = 2;
/** Larger messages keep the memory in which they were received. */
const OWN_BYTES = 16 * 1024;
/** The maximum size of a message. */
export const MAX_MESSAGE_BYTES: number = 2 ** 30;
/** Receives a complete message with its prefix. `isOwn`: the memory contains nothing else, and may be retained. */
export type FrameListener = (bytes: Buffer, start: number, end: number, isOwn: boolean) => void;

/**
 * Splits the body of a call into messages, wherever its pieces begin and end. Only received bytes take memory, not
 * announced ones. If there is no memory for received bytes, the reader waits: the connection must stop reading until
 * the reservation's `onRoom`, and then call `resume`. Source: grpc.io, "gRPC over HTTP2".
 */
export class GrpcFrameReader {
  readonly #onFrame: FrameListener;
  readonly #reservation: MemoryReservation;
  readonly #maxBytes: number;
  /** The incomplete message, or at first its prefix. The first `#filled` bytes have arrived. */
  #part: Buffer | undefined;
  #filled = 0;
  /** The size of the incomplete message with its prefix. Until the prefix is complete, the size of the prefix. */
  #size = 0;
  /** Bytes that have arrived while there was no memory. */
  #pending: Buffer[] = [];
  #isWaiting = false;

  /** @param maxBytes the maximum size of a message */
  constructor(reservation: MemoryReservation, onFrame: FrameListener, maxBytes: number = MAX_MESSAGE_BYTES) {
    this.#reservation = reservation;
    this.#onFrame = onFrame;
    this.#maxBytes = maxBytes;
  }

  /** Whether the reader waits for memory. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /**
   * Processes the next piece.
   * @throws {RelayError} if a prefix is invalid or a limit is exceeded, or the error of the listener
   */
  push(piece: Buffer): void {
    if (this.#isWaiting) this.#pending.push(piece);
    else this.#process(piece);
  }

  /** Continues after a wait. @throws {RelayError} as {@link push} does */
  resume(): void {
    const pieces = this.#pending;
    this.#pending = [];
    this.#isWaiting = false;
    for (const piece of pieces) this.push(piece);
  }

  /** Ends the body. @throws {RelayError} if the last message is truncated */
  end(): void {
    const isTruncated = this.#part !== undefined || this.#isWaiting;
    this.release();
    if (isTruncated) throw new RelayError(GRPC_STATUS.internal, "Unexpected EOF decoding stream.");
  }

  /** Releases the memory of an incomplete message. */
  release(): void {
    this.#part = undefined;
    this.#pending = [];
    this.#isWaiting = false;
    this.#reservation.release();
  }

  #process(piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      const left = piece.length - at;
      if (this.#part === undefined && left >= PREFIX_BYTES) {
        const size = readSize(piece, at, this.#maxBytes);
        if (size <= left) {
          this.#onFrame(piece, at, at + size, false);
          at += size;
          continue;
        }
      }
      const part = this.#makeRoom(piece, at);
      if (part === undefined) {
        this.#isWaiting = true;
        this.#pending.push(piece.subarray(at));
        return;
      }
      at += this.#collect(part, piece, at);
    }
  }

  /** The memory for the next bytes of the incomplete message, which begin at `at`. `undefined` if there is none now. */
  #makeRoom(piece: Buffer, at: number): Buffer | undefined {
    const previous = this.#part;
    if (previous !== undefined && this.#filled < previous.length) return previous;
    const left = piece.length - at;
    if (previous === undefined) {
      this.#filled = 0;
      this.#size = left < PREFIX_BYTES ? PREFIX_BYTES : readSize(piece, at, this.#maxBytes);
    }
    const arrived = this.#filled + left;
    const size = Math.min(this.#size, arrived * (arrived < FAST_BYTES ? FAST_GROWTH : GROWTH));
    if (!this.#reservation.grow(size)) return undefined;
    const part = size > OWN_BYTES ? Buffer.allocUnsafeSlow(size) : Buffer.allocUnsafe(size);
    previous?.copy(part, 0, 0, this.#filled);
    return (this.#part = part);
  }

  /** Appends bytes of the piece from `at` on to the incomplete message. Returns how many. */
  #collect(part: Buffer, piece: Buffer, at: number): number {
    const count = piece.copy(part, this.#filled, at, Math.min(piece.length, at + part.length - this.#filled));
    this.#filled += count;
    // The prefix is complete: it has the length of the message.
    if (this.#filled === PREFIX_BYTES && this.#size === PREFIX_BYTES) this.#size = readSize(part, 0, this.#maxBytes);
    if (this.#filled < this.#size) {
      this.#reservation.receive(count);
      return count;
    }
    this.#part = undefined;
    this.#reservation.release();
    this.#onFrame(part, 0, this.#size, this.#size > OWN_BYTES);
    return count;
  }
}

/**
 * The size of the message at `at`, including its prefix.
 * @throws {RelayError} if the message is compressed, invalid or too large
 */
function readSize(bytes: Buffer, at: number, maxBytes: number): number {
  const flag = bytes[at] as number;
  if (flag === 1) throw new RelayError(GRPC_STATUS.unimplemented, "compressed messages are not supported");
  if (flag !== 0) throw new RelayError(GRPC_STATUS.internal, `invalid compression flag ${flag}`);
  const size = bytes.readUInt32BE(at + 1);
  if (size > maxBytes)
    throw new RelayError(
      GRPC_STATUS.resourceExhausted,
      `a message of ${size} bytes is larger than the limit of ${maxBytes}`,
    );
  return PREFIX_BYTES + size;
}
