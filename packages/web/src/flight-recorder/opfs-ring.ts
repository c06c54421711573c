import { deleteRecording } from "../opfs/opfs-recordings.ts";
import type { RingLimits, RingStorage } from "@rerun-ts/core/recording";
import type { SinkFlushOptions } from "@rerun-ts/core";
import type { RecordingSinkContext } from "@rerun-ts/core/transport";
import { randomId } from "@rerun-ts/core/util";
import type { CreateWorker } from "../page/create-worker.ts";
import { discardRings } from "./recover-rings.ts";
import { ringPrefix } from "./ring-prefix.ts";
import { OpfsSink } from "../opfs/opfs-sink.ts";

/** The most rings of closed pages that stay: a page may crash at each start. */
const MAX_LEFT_RINGS = 10;

/** A ring of messages in the origin private file system. It survives the end of the page. */
export class OpfsRing extends OpfsSink implements RingStorage {
  keepsRing = false;
  readonly #name: string;
  readonly #spool: string;

  /** @throws {TypeError} if the name of the spool is wrong */
  constructor(spool: string, limits: RingLimits, createWorker: CreateWorker | undefined) {
    const name = `${ringPrefix(spool)}${randomId()}`;
    super(name, { ...limits, onFull: "drop-oldest", createWorker });
    this.#name = name;
    this.#spool = spool;
  }

  override async open(context: RecordingSinkContext): Promise<void> {
    await super.open(context);
    // Nobody waits for this.
    discardRings(this.#spool, MAX_LEFT_RINGS).catch(() => {});
  }

  override async close(options: SinkFlushOptions): Promise<void> {
    await super.close(options);
    // Nobody waits for data that the program has closed itself.
    if (!this.keepsRing) await deleteRecording(this.#name).catch(() => undefined);
  }
}
