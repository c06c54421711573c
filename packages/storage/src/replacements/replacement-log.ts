import { isRerunError } from "@rerun-ts/core";
import { createObject } from "../store/create-object.ts";
import type { InParallel } from "../store/in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { DamagedObject } from "../store/stored-json.ts";
import { decodeCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { ListedLog } from "./listed-log.ts";
import { RemovedNames } from "./removed-names.ts";
import { decodeReplacement, encodeReplacement, type MadePart, type Replacement } from "./replacement.ts";
import {
  checkpointKey,
  madePartsPrefix,
  parseMadePartKey,
  replacementKey,
  replacementPrefix,
} from "./replacement-keys.ts";

/** Number of replacements in memory that have no effect yet, because earlier ones are missing. */
const MAX_UNORDERED = 256;
/** The attempts to read a log whose objects are folded and deleted meanwhile. */
const MAX_LISTS = 3;

/** The effect of the replacements of a recording: which parts count instead of which. */
export class ReplacementLog {
  /** The number of the next replacement, as far as is known. */
  next = 1;
  /** The number of the last replacement in the checkpoint that was read, or 0. */
  through = 0;
  /** The parts that count although they are in no list, by their keys. */
  readonly made: Map<string, MadePart> = new Map();
  /** The keys of the parts that do not count any more, with the number of the replacement, behind the checkpoint. */
  readonly removed: Map<string, number> = new Map();
  #folded = new RemovedNames();
  readonly #times = new Map<number, Date>();
  readonly #store: Pick<ObjectStore, "list" | "read">;
  readonly #dataset: string;
  readonly #recordingId: string;

  constructor(store: Pick<ObjectStore, "list" | "read">, dataset: string, recordingId: string) {
    this.#store = store;
    this.#dataset = dataset;
    this.#recordingId = recordingId;
  }

  /** Whether a part does not count any more. */
  isRemoved(key: string): boolean {
    return this.removed.has(key) || this.#isFolded(key);
  }

  /**
   * When a part stopped to count, by the clock of the store. `undefined` if it counts, or if the time is not known. The
   * time of a part in a checkpoint is long ago.
   */
  removedAt(key: string): Date | undefined {
    const number = this.removed.get(key);
    if (number !== undefined) return this.#times.get(number);
    return this.#isFolded(key) ? new Date(0) : undefined;
  }

  /** Keeps the names of removed parts as ranges, which take little memory. Their times are forgotten. */
  foldNames(): void {
    for (const key of this.removed.keys()) {
      this.#folded.add(key);
      if (this.#folded.has(key)) this.removed.delete(key);
    }
    this.#times.clear();
  }

  /** The effect of all replacements that were read. */
  checkpoint(): Checkpoint {
    const removed = new RemovedNames(this.#folded.toJSON());
    for (const key of this.removed.keys()) removed.add(key);
    return { through: this.next - 1, made: [...this.made.values()], removed: removed.toJSON() };
  }

  /**
   * Reads what a list has, several objects at a time: the newest checkpoint, unless the log is behind it already, and
   * the replacements after it. Those before the first that cannot be read have effect.
   *
   * @throws {RerunError} `NOT_FOUND` if one is missing, `INVALID_FORMAT` if it is unclear which parts it has replaced
   */
  async read(listed: ListedLog, reading: InParallel, signal: AbortSignal | undefined): Promise<void> {
    let found = listed;
    for (let lists = 1; ; lists++) {
      try {
        await this.#readListed(found, reading, signal);
        return;
      } catch (error) {
        if (!isRerunError(error) || error.code !== "NOT_FOUND" || lists === MAX_LISTS) throw error;
        const missing = this.next;
        found = await this.#list(signal);
        // A checkpoint has its effect, and it was deleted since.
        if (found.checkpoint < missing) throw error;
      }
    }
  }

  /**
   * Appends a replacement with the number {@link next}. Returns whether the replacement is in the log now. If not,
   * another one has the number, and was read, or the log was read too long ago, and must be listed again.
   */
  async append(
    store: Pick<ObjectStore, "create" | "delete">,
    replacement: Replacement,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const number = this.next;
    const key = replacementKey(this.#dataset, this.#recordingId, number);
    const isCreated = await createObject(store, key, encodeReplacement(replacement), { signal });
    const found = isCreated ? replacement : await this.#read(number, signal);
    // An earlier attempt may have arrived, although its response was lost.
    const isOwn = found.owner === replacement.owner;
    if (isOwn && !(await this.#follows(number, store, signal))) {
      this.#restart();
      return false;
    }
    this.#apply(found);
    return isOwn;
  }

  /**
   * Whether a new replacement follows those of the log. A writer that was frozen for long may have taken a number that
   * is free again, because its replacement was folded and deleted. Readers begin behind the checkpoint, so what such a
   * writer has written has no effect.
   */
  async #follows(
    number: number,
    store: Pick<ObjectStore, "delete">,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const { checkpoint, checkpoints, replacements } = await this.#list(signal);
    if (checkpoint >= number) return false;
    const before = number - 1;
    if (before === 0 || replacements.has(before) || checkpoints.has(before)) return true;
    const keys = [replacementKey, checkpointKey].map((keyOf) => keyOf(this.#dataset, this.#recordingId, before));
    for (const key of keys) if (await this.#exists(key, signal)) return true;
    // The whole log was deleted, long after its recording. The next part of the recording begins another log.
    await store.delete(replacementKey(this.#dataset, this.#recordingId, number), { signal });
    return false;
  }

  async #exists(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await this.#store.read(key, { signal });
      return true;
    } catch (error) {
      if (isRerunError(error) && error.code === "NOT_FOUND") return false;
      throw error;
    }
  }

  #restart(): void {
    [this.next, this.through, this.#folded] = [1, 0, new RemovedNames()];
    this.made.clear();
    this.removed.clear();
    this.#times.clear();
  }

  #isFolded(key: string): boolean {
    const number = parseMadePartKey(key)?.number;
    return number === undefined ? this.#folded.has(key) : number <= this.through && !this.made.has(key);
  }

  async #list(signal: AbortSignal | undefined): Promise<ListedLog> {
    const listed = new ListedLog();
    const prefix = replacementPrefix(this.#dataset, this.#recordingId);
    for await (const object of this.#store.list(prefix, { signal })) listed.add(object);
    return listed;
  }

  async #readListed(listed: ListedLog, reading: InParallel, signal: AbortSignal | undefined): Promise<void> {
    for (const [number, time] of listed.replacements) if (time !== undefined) this.#times.set(number, time);
    const { last, checkpoint } = listed;
    if (checkpoint >= this.next) {
      const key = checkpointKey(this.#dataset, this.#recordingId, checkpoint);
      const decoded = decodeCheckpoint(await reading.run(() => this.#store.read(key, { signal })), key);
      if (checkpoint >= this.next) this.#begin(decoded);
    }
    const replies: Promise<Replacement>[] = [];
    for (let number = this.next, asked = number; number <= last; number++) {
      for (; asked <= last && asked < number + MAX_UNORDERED; asked++) {
        const askedNumber = asked;
        const reply = reading.run(() => this.#readOrPass(askedNumber, signal));
        // Handled below, after those before it.
        reply.catch(() => {});
        replies.push(reply);
      }
      const replacement = await replies.shift();
      // Another call may have been faster.
      if (replacement !== undefined && number === this.next) this.#apply(replacement);
    }
  }

  /** Begins with a checkpoint. */
  #begin({ through, made, removed }: Checkpoint): void {
    this.made.clear();
    this.removed.clear();
    for (const part of made) this.made.set(part.key, part);
    [this.next, this.through, this.#folded] = [through + 1, through, new RemovedNames(removed)];
  }

  async #read(number: number, signal: AbortSignal | undefined): Promise<Replacement> {
    const key = replacementKey(this.#dataset, this.#recordingId, number);
    return decodeReplacement(await this.#store.read(key, { signal }), key);
  }

  /**
   * Reads a replacement. A damaged one has no effect if it cannot have named a part that is there: what it has removed
   * may count again. With such a part, its data could be lost, or be there twice.
   */
  async #readOrPass(number: number, signal: AbortSignal | undefined): Promise<Replacement> {
    try {
      return await this.#read(number, signal);
    } catch (error) {
      if (!(error instanceof DamagedObject)) throw error;
      const prefix = madePartsPrefix(this.#dataset, this.#recordingId, number);
      for await (const _ of this.#store.list(prefix, { signal })) throw error;
      return { owner: "", adds: [], removes: [] };
    }
  }

  #apply({ adds, removes }: Replacement): void {
    for (const key of removes) {
      this.made.delete(key);
      this.removed.set(key, this.next);
    }
    for (const part of adds) this.made.set(part.key, part);
    this.next++;
  }
}
