import { forEachInParallel, pushAll } from "@rerun-ts/core/util";
import { RerunError, isRerunError, type EncodedMessage, type StoreId } from "@rerun-ts/core";
import { storeKey } from "@rerun-ts/core/encode";
import type { CommittedPart, StaticPlace } from "../commits/commit.ts";
import { bundleKey } from "../commits/bundle-keys.ts";
import { logPartKey } from "../commits/log-keys.ts";
import type { Pack } from "../nats/pack.ts";
import { createObject } from "../store/create-object.ts";
import { checkKey } from "../store/keys.ts";
import type { ByteSource } from "../store/object-store.ts";
import type { WorkAttempts } from "./work-attempts.ts";
import type { Batch } from "./batch.ts";
import type { CommitLog } from "./commit-log.ts";
import type { MemoryShare } from "./memory-budget.ts";
import { bundleGroups } from "./bundle-groups.ts";
import { bodyOf, partBody, type PartBody } from "./part-body.ts";
import type { IngesterContext } from "./ingester-context.ts";
import { earlierStaticsToKeep, partStatics } from "./static-data.ts";

/** Parts of a commit that are written at a time. */
const MAX_UPLOADS = 4;

/** Makes the parts of a partition, and writes them. They do not count before a commit names them. */
export class PartWriter {
  readonly #context: IngesterContext;
  readonly #partition: number;
  readonly #log: Pick<CommitLog, "staticsOf">;
  readonly #attempts: WorkAttempts;
  readonly #budget: MemoryShare;
  readonly #stop: AbortSignal;

  constructor(
    context: IngesterContext,
    partition: number,
    log: Pick<CommitLog, "staticsOf">,
    attempts: WorkAttempts,
    budget: MemoryShare,
    stop: AbortSignal,
  ) {
    this.#context = context;
    this.#partition = partition;
    this.#log = log;
    this.#attempts = attempts;
    this.#budget = budget;
    this.#stop = stop;
  }

  /**
   * The parts of a batch, without packs of which no part can be made: they would keep all others waiting.
   *
   * @param time the time of the newest pack, by the clock of the stream, in milliseconds
   */
  async bodies(batch: Batch, time: number | undefined): Promise<PartBody[]> {
    const { sha256, maxBytes, dataset } = this.#context;
    const bodies: PartBody[] = [];
    for (const store of batch.byStore()) {
      const { storeId } = store;
      try {
        checkKey(logPartKey(dataset, this.#partition, 1, storeId, "0".repeat(64)));
        const before = this.#log.staticsOf(storeId);
        const kept = earlierStaticsToKeep(before, store, time);
        const repeated = await this.#readStatics(storeId, before?.places.slice(kept) ?? []);
        const body = partBody(store, partStatics({ repeated, kept }, store, maxBytes), sha256);
        if (body !== undefined) bodies.push(body);
      } catch (error) {
        this.#reject(batch, storeId, RerunError.from(error, "INVALID_FORMAT"));
      }
    }
    return bodies;
  }

  /**
   * Writes the parts of the commit with a number. Small ones share an object. `undefined` stands for a part that the
   * store will never accept, whose packs leave the batch.
   */
  async write(number: number, bodies: readonly PartBody[], batch: Batch): Promise<(CommittedPart | undefined)[]> {
    const written: (CommittedPart | undefined)[] = Array.from(bodies, () => undefined);
    const groups = this.#context.hasBundles ? bundleGroups(bodies) : bodies.map((_, index) => [index]);
    await forEachInParallel(groups, MAX_UPLOADS, async (group) => {
      const grouped = group.flatMap((index) => bodies[index] ?? []);
      const parts = (grouped.length > 1 ? await this.#writeBundle(number, grouped) : undefined) ?? [];
      // A bundle that the store refuses may have one part that it refuses.
      if (parts.length === 0) for (const body of grouped) parts.push(await this.#writePart(number, body, batch));
      for (const [position, index] of group.entries()) written[index] = parts[position];
    });
    return written;
  }

  /** Writes a part as an object of its own. */
  async #writePart(number: number, part: PartBody, batch: Batch): Promise<CommittedPart | undefined> {
    const key = this.#keyOf(number, part);
    const refusal = await this.#create(key, part.body, part.sha256);
    if (refusal === undefined) return committedPart(key, part);
    this.#reject(batch, part.storeId, refusal);
    return undefined;
  }

  /** Writes several parts as one object. Resolves to `undefined` if the store will never accept it. */
  async #writeBundle(number: number, parts: readonly PartBody[]): Promise<(CommittedPart | undefined)[] | undefined> {
    const pieces = parts.flatMap((part) => part.pieces);
    const sha256 = this.#context.sha256(pieces);
    const ids = parts.map(({ storeId }) => storeId.recordingId);
    const key = bundleKey(this.#context.dataset, this.#partition, number, sha256, ids);
    const size = parts.reduce((sum, { body }) => sum + body.size, 0);
    if ((await this.#create(key, bodyOf(size, pieces), sha256)) !== undefined) return undefined;
    let offset = 0;
    return parts.map((part) => {
      const bundle = { key, offset };
      offset += part.body.size;
      return { ...committedPart(this.#keyOf(number, part), part), bundle };
    });
  }

  #keyOf(number: number, { storeId, sha256 }: PartBody): string {
    return logPartKey(this.#context.dataset, this.#partition, number, storeId, sha256);
  }

  /** Creates an object. Resolves to the reason if the store will never accept it. */
  async #create(key: string, body: ByteSource, sha256: string): Promise<RerunError | undefined> {
    const { store } = this.#context;
    let refusal: RerunError | undefined;
    const create = async (): Promise<void> => {
      try {
        const signal = this.#stop;
        const isCreated = await createObject(store, key, body, { sha256, signal });
        // An object with this key is the same. An intermediary may say that there is one.
        if (!isCreated && (await store.head(key, { signal })) === undefined)
          throw new RerunError("SERVER", `${store.url} refuses to create ${key}, and does not have it`);
      } catch (error) {
        if (!isRerunError(error) || error.code !== "INVALID_ARGUMENT") throw error;
        refusal = error;
      }
    };
    await this.#attempts.repeat("write a part", create, this.#stop);
    return refusal;
  }

  /** Takes the packs of a store out of a batch. Their producer keeps them. */
  #reject(batch: Batch, storeId: StoreId, reason: RerunError): void {
    const { counts, stream } = this.#context;
    const key = storeKey(storeId);
    this.#attempts.warn(`cannot make a part of ${storeId.recordingId}`, reason);
    const isRejected = (pack: Pack): boolean => {
      if (storeKey(pack.storeId) !== key) return false;
      counts.rejected++;
      stream.reject(pack, reason.message);
      return true;
    };
    this.#budget.release(batch.removeIf(isRejected));
  }

  /** The static data at the beginnings of earlier parts. Without it, a part would still have all of its own. */
  async #readStatics(storeId: StoreId, places: readonly StaticPlace[]): Promise<readonly EncodedMessage[]> {
    const { statics } = this.#context;
    const recordingId = storeId.kind === "recording" ? storeId.recordingId : undefined;
    const found: EncodedMessage[] = [];
    for (const place of places) {
      const read = async (): Promise<void> => {
        try {
          pushAll(found, await statics.read(place, recordingId, this.#stop));
        } catch (error) {
          const reason = RerunError.from(error, "CONNECTION");
          if (reason.code !== "INVALID_FORMAT") throw reason;
          this.#attempts.warn(`${place.key} is damaged, and later parts lack its static data`, reason);
        }
      };
      await this.#attempts.repeat("read static data", read, this.#stop);
    }
    return found;
  }
}

function committedPart(key: string, part: PartBody): CommittedPart {
  const { storeId: store, body, sha256, chunks, rows, staticBytes, earlierStatics } = part;
  return { key, store, bytes: body.size, sha256, chunks, rows, staticBytes, earlierStatics };
}
