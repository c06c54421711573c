import { deleteRecording } from "../opfs/opfs-recordings.ts";
import type { RingLimits, RingStorage } from "@rerun-ts/core/recording";
import type { SinkFlushOptions } from "@rerun-ts/core";
import { randomId } from "@rerun-ts/core/util";
import type { CreateWorker } from "../page/create-worker.ts";
import { OpfsSink } from "../opfs/opfs-sink.ts";

/** The beginning of the names of rings in the origin private file system. */
export function ringPrefix(spool: string): string {
  return `flight-recorder/${spool}/`;
}

/** A ring of messages in the origin private file system. It survives the end of the page. */
export class OpfsRing extends OpfsSink implements RingStorage {
  keepsRing = false;
  readonly #name: string;

  /** @throws {TypeError} if the name of the spool is wrong */
  constructor(spool: string, limits: RingLimits, createWorker: CreateWorker | undefined) {
    const name = `${ringPrefix(spool)}${randomId()}`;
    super(name, { ...limits, onFull: "drop-oldest", createWorker });
    this.#name = name;
  }

  override async close(options: SinkFlushOptions): Promise<void> {
    await super.close(options);
    // Nobody waits for data that the program has closed itself.
    if (!this.keepsRing) await deleteRecording(this.#name).catch(() => undefined);
  }
}
