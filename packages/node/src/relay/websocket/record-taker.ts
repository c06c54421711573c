import type { DataFrame, PartFrame } from "@rerun-ts/core/internal";
import { MAX_MESSAGE_BYTES, type IncompleteMessages } from "../frame-reader.ts";
import type { Relay } from "../relay.ts";
import { GRPC_STATUS, RelayRefusal } from "../relay-refusal.ts";
import type { WebSocketSession } from "./websocket-sessions.ts";

/** What all records may take that are not complete yet, besides a single one. */
const MAX_OTHERS_BYTES = 64 * 1024 * 1024;

/** Takes the records of one connection into a relay, each once, in order. */
export class RecordTaker {
  readonly #relay: Relay;
  readonly #session: WebSocketSession;
  readonly #incomplete: IncompleteMessages;
  #parts: Buffer[] = [];
  #partsBytes = 0;

  constructor(relay: Relay, session: WebSocketSession, incomplete: IncompleteMessages) {
    this.#relay = relay;
    this.#session = session;
    this.#incomplete = incomplete;
  }

  /** Takes what a frame holds. @throws {RelayRefusal} if it is not as it must be; what came before stays. */
  take(frame: DataFrame | PartFrame): void {
    if (frame.type === "part") return this.#takePart(frame);
    if (this.#parts.length > 0) throw invalid("a record is in pieces, and others came in between");
    for (const [index, record] of frame.records.entries()) this.#write(frame.first + index, record);
  }

  /** Lets go of a record that will not be complete. */
  release(): void {
    this.#incomplete.bytes -= this.#partsBytes;
    this.#parts = [];
    this.#partsBytes = 0;
  }

  #takePart({ number, isLast, bytes }: PartFrame): void {
    this.#checkNumber(number);
    const size = this.#partsBytes + bytes.byteLength;
    if (size > MAX_MESSAGE_BYTES)
      throw new RelayRefusal(GRPC_STATUS.resourceExhausted, `a record is larger than ${MAX_MESSAGE_BYTES} bytes`);
    if (this.#incomplete.bytes - this.#partsBytes > MAX_OTHERS_BYTES)
      throw new RelayRefusal(GRPC_STATUS.resourceExhausted, "there are too many large records at the same time");
    this.#parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#partsBytes = size;
    this.#incomplete.bytes += bytes.byteLength;
    if (!isLast) return;
    const record = Buffer.concat(this.#parts);
    this.release();
    this.#write(number, record);
  }

  #write(number: number, record: Uint8Array): void {
    this.#checkNumber(number);
    // What a page has posted when it was left may come again.
    if (number < this.#session.next) return;
    this.#relay.write(record);
    this.#session.next = number + 1;
  }

  #checkNumber(number: number): void {
    const { next } = this.#session;
    if (number <= next) return;
    throw new RelayRefusal(GRPC_STATUS.failedPrecondition, `the record ${number} came, ${next} was next`);
  }
}

export function invalid(message: string): RelayRefusal {
  return new RelayRefusal(GRPC_STATUS.invalidArgument, message);
}
