import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import type { CommittedPart } from "../commits/commit.ts";
import { logPartKey } from "../commits/log-keys.ts";
import { createObject } from "../store/create-object.ts";
import type { Attempts } from "./attempts.ts";
import type { Batch, StorePacks } from "./batch.ts";
import type { CommitLog } from "./commit-log.ts";
import { partBody, type PartBody } from "./part-body.ts";
import type { IngesterParts } from "./ingester-parts.ts";
import { partStatics } from "./static-data.ts";

/** Parts of a commit that are written at once. */
const MAX_UPLOADS = 4;

/** Makes the parts of a partition, and writes them. They do not count before a commit names them. */
export class PartWriter {
  readonly #parts: IngesterParts;
  readonly #partition: number;
  readonly #log: Pick<CommitLog, "staticsOf">;
  readonly #attempts: Attempts;
  readonly #stop: AbortSignal;

  constructor(
    parts: IngesterParts,
    partition: number,
    log: Pick<CommitLog, "staticsOf">,
    attempts: Attempts,
    stop: AbortSignal,
  ) {
    this.#parts = parts;
    this.#partition = partition;
    this.#log = log;
    this.#attempts = attempts;
    this.#stop = stop;
  }

  /** The parts of a batch, without packs of which no part can be made: they would keep all others waiting. */
  async bodies(batch: Batch): Promise<PartBody[]> {
    const { sha256, counts, budget, maxBytes, stream } = this.#parts;
    const bodies: PartBody[] = [];
    for (const store of batch.byStore()) {
      const earlier = await this.#earlierStatics(store);
      try {
        const body = partBody(store, partStatics(earlier, store, maxBytes), sha256);
        if (body !== undefined) bodies.push(body);
      } catch (error) {
        const reason = RerunError.from(error, "INVALID_FORMAT");
        counts.rejected += store.packs.length;
        this.#attempts.warn(`cannot make a part of ${store.storeId.recordingId}`, reason);
        for (const { pack } of store.packs) stream.reject(pack, reason.message);
        const ids = new Set(store.packs.map(({ pack }) => pack));
        budget.release(batch.removeIf((pack) => ids.has(pack)));
      }
    }
    return bodies;
  }

  /** Writes the parts of the commit with a number. */
  async write(number: number, bodies: readonly PartBody[]): Promise<CommittedPart[]> {
    const { store, dataset } = this.#parts;
    const written: CommittedPart[] = [];
    const next = bodies.entries();
    const write = async (): Promise<void> => {
      for (const [index, { storeId, body, sha256, chunks, rows, staticBytes }] of next) {
        const key = logPartKey(dataset, this.#partition, number, storeId, sha256);
        const create = (): Promise<boolean> => createObject(store, key, body, { sha256, signal: this.#stop });
        // If it exists, it is the same.
        await this.#attempts.repeat("write a part", create, this.#stop);
        written[index] = { key, store: storeId, bytes: body.size, sha256, chunks, rows, staticBytes };
      }
    };
    await Promise.all(Array.from({ length: MAX_UPLOADS }, write));
    return written;
  }

  /** The static data of the earlier parts of a store. Without it, a part would still have all of its own. */
  async #earlierStatics({ storeId }: StorePacks): Promise<readonly EncodedMessage[]> {
    const place = this.#log.staticsOf(storeId);
    if (place === undefined) return [];
    const { statics } = this.#parts;
    let found: readonly EncodedMessage[] = [];
    const read = async (): Promise<void> => {
      try {
        found = await statics.read(place, this.#stop);
      } catch (error) {
        const reason = RerunError.from(error, "CONNECTION");
        if (reason.code !== "INVALID_FORMAT") throw reason;
        this.#attempts.warn(`${place.key} is damaged, and later parts lack its static data`, reason);
      }
    };
    await this.#attempts.repeat("read static data", read, this.#stop);
    return found;
  }
}
