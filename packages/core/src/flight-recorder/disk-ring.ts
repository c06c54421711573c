import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { SinkGroup } from "../sink/sink-group.ts";
import type { RecordingSink, RecordingSinkContext, SinkTakeover } from "../sink/sink.ts";
import { checkpointOf } from "./ring-checkpoint.ts";
import type { FlightRing } from "./flight-ring.ts";

/** A ring on disk. */
export interface RingStorage extends RecordingSink {
  /** Whether `close` leaves the ring where it is, for the next start. */
  keepsRing: boolean;
}

/** The ring on disk of one recording, beside the one in memory. */
export class DiskRing extends SinkGroup {
  readonly #storage: RingStorage;
  readonly #ring: FlightRing;
  readonly #checkpointMs: number;
  #checkpointAt = performance.now();
  #number = 0;

  /** @param key the identity of the recorder, which all its recordings share */
  constructor(key: string, storage: RingStorage, ring: FlightRing, windowMs: number) {
    super("flight-spool", key, [storage]);
    this.#storage = storage;
    this.#ring = ring;
    this.#checkpointMs = windowMs / 2;
  }

  override open(context: RecordingSinkContext): void {
    this.openSlots([this.#storage], context);
  }

  override send(message: EncodedMessage): void {
    super.send(message);
    this.#writeCheckpoint(message);
  }

  /** A recorder that is set again stays in use. */
  override takeOver(): SinkTakeover {
    return {};
  }

  /** Writes messages, and leaves the ring for the next start. */
  keep(messages: readonly EncodedMessage[]): void {
    for (const message of messages) super.send(message);
    this.#storage.keepsRing = true;
  }

  /** The values that the ring needs from before its time, every half window. */
  #writeCheckpoint({ kind, storeId }: EncodedMessage): void {
    const now = performance.now();
    if (kind !== "chunk" || storeId.kind !== "recording" || now - this.#checkpointAt < this.#checkpointMs) return;
    this.#checkpointAt = now;
    for (const copy of checkpointOf(this.#ring, storeId, ++this.#number)) super.send(copy);
  }
}
