import { FrameError, GRPC_STATUS, type DataFrame, type PartFrame } from "@rerun-ts/core/transport";
import { MAX_MESSAGE_BYTES } from "../grpc/grpc-frame-reader.ts";
import type { AllowedStores } from "../http/access-grants.ts";
import type { MemoryReservation } from "../receive-memory.ts";
import type { Relay } from "../relay.ts";
import { RelayError } from "../relay-error.ts";
import type { WebSocketSession } from "./websocket-sessions.ts";

/** The approximate memory of a part besides its bytes. */
const PART_OVERHEAD_BYTES = 256;
/** Smaller parts are copied, because they would keep the whole received buffer in memory. */
const SMALL_PART_BYTES = 16 * 1024;

/**
 * Writes the records of one WebSocket to a relay, each once and in order: a record that the session has already is
 * skipped, and a gap is an error. The receiver reassembles records that arrive in parts. If there is no memory for a
 * part, the connection must stop reading until the reservation's `onRoom`, and then call `resume`. `release` drops an
 * incomplete record when the connection ends.
 */
export class RecordReceiver {
  readonly #relay: Relay;
  readonly #session: WebSocketSession;
  readonly #reservation: MemoryReservation;
  readonly #allows: AllowedStores;
  #parts: Buffer[] = [];
  #partsBytes = 0;
  /** The number of the incomplete record. */
  #partsNumber = 0;
  /** Frames that have arrived while there was no memory. */
  #pending: (DataFrame | PartFrame)[] = [];

  /** @param allows the stores to which the client may write. Default: all */
  constructor(relay: Relay, session: WebSocketSession, reservation: MemoryReservation, allows?: AllowedStores) {
    this.#allows = allows;
    this.#relay = relay;
    this.#session = session;
    this.#reservation = reservation;
  }

  /** Whether the receiver waits for memory. */
  get isWaiting(): boolean {
    return this.#pending.length > 0;
  }

  /**
   * Processes the records of a frame.
   * @throws {RelayError} if a record is invalid or out of order. The records before it are accepted
   */
  receive(frame: DataFrame | PartFrame): void {
    if (this.isWaiting || !this.#receive(frame)) this.#pending.push(frame);
  }

  /** Continues after a wait. @throws {RelayError} as {@link receive} does */
  resume(): void {
    const frames = this.#pending;
    this.#pending = [];
    for (const frame of frames) this.receive(frame);
  }

  /** Drops an incomplete record and releases its memory. */
  release(): void {
    this.#parts = [];
    this.#partsBytes = 0;
    this.#pending = [];
    this.#reservation.release();
  }

  /** Returns `false` if there is no memory for the frame. */
  #receive(frame: DataFrame | PartFrame): boolean {
    if (frame.type === "part") return this.#receivePart(frame);
    if (this.#parts.length > 0) throw invalidFrame("received other records before the last part of a record");
    let number = frame.first;
    for (const record of recordsOf(frame)) this.#write(number++, record);
    return true;
  }

  #receivePart({ number, isLast, bytes }: PartFrame): boolean {
    this.#checkNumber(number);
    if (this.#parts.length === 0) this.#partsNumber = number;
    if (number !== this.#partsNumber)
      throw invalidFrame(`expected a part of record ${this.#partsNumber}, received ${number}`);
    const size = this.#partsBytes + bytes.byteLength;
    if (size > MAX_MESSAGE_BYTES)
      throw new RelayError(GRPC_STATUS.resourceExhausted, `a record is larger than ${MAX_MESSAGE_BYTES} bytes`);
    if (!this.#reservation.grow(size + (this.#parts.length + 1) * PART_OVERHEAD_BYTES)) return false;
    const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#parts.push(part.length < SMALL_PART_BYTES ? Buffer.from(part) : part);
    this.#partsBytes = size;
    this.#reservation.receive(part.length);
    if (!isLast) return true;
    const record = Buffer.concat(this.#parts);
    this.release();
    this.#write(number, record);
    return true;
  }

  #write(number: number, record: Uint8Array): void {
    this.#checkNumber(number);
    // A page that was unloaded may have posted the record before. The relay accepts each record only once.
    if (number < this.#session.next) return;
    const { upstream } = this.#session;
    if (upstream === undefined) this.#relay.write(record, this.#allows);
    else upstream.accept(record, this.#allows, () => this.#relay.write(record));
    this.#session.next = number + 1;
  }

  #checkNumber(number: number): void {
    const { next } = this.#session;
    if (number <= next) return;
    throw new RelayError(GRPC_STATUS.failedPrecondition, `expected record ${next}, received ${number}`);
  }
}

/** The records of a frame. @throws {RelayError} where one is malformed */
function* recordsOf({ records }: DataFrame): Generator<Uint8Array> {
  try {
    yield* records;
  } catch (error) {
    throw error instanceof FrameError ? invalidFrame(error.message) : error;
  }
}

/** The error for a frame that violates the protocol. */
export function invalidFrame(message: string): RelayError {
  return new RelayError(GRPC_STATUS.invalidArgument, message);
}
