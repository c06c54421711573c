import { isRerunError, type RerunError } from "@rerun-ts/core";
import { directPrefix } from "../parts/part-key.ts";
import { CountedParts, type CountedPart } from "../replacements/counted-parts.ts";
import { partOfKey } from "../replacements/part-of-key.ts";
import { replacementPrefix } from "../replacements/replacement-keys.ts";
import { InParallel } from "../store/in-parallel.ts";
import { unescapeId } from "../store/keys.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { StoredPart } from "./part-files.ts";
import { RecordingVisits } from "./recording-visits.ts";

const PARALLEL_LISTS = 16;

/** A part that counts. */
export interface KeptPart extends StoredPart {
  /** The time of its newest data by the clock of the store, in milliseconds. `Infinity` if it is unknown. */
  readonly time: number;
}

/** The order of parts by the ids of their recordings. */
export function byRecording(a: KeptPart, b: KeptPart): number {
  return a.recordingId < b.recordingId ? -1 : a.recordingId > b.recordingId ? 1 : 0;
}

/** The changes of a {@link PartsView}. */
export interface PartsChange {
  readonly added: readonly KeptPart[];
  readonly dropped: readonly KeptPart[];
}

/** Settings of a {@link PartsView}. */
export interface PartsViewOptions {
  readonly store: Pick<ObjectStore, "list" | "read" | "listFolders">;
  readonly dataset: string;
  /** The ids of the recordings. Default: all. */
  readonly recordings: ReadonlySet<string> | undefined;
  /** The time after which everything is listed again. */
  readonly fullEveryMs: number;
  readonly now: () => number;
}

/**
 * The parts of a dataset that count, as a keeper knows them. Now and then everything is listed. In between only what is
 * likely to have news is listed: new recordings, active ones, and new commits. What was not listed stays as it was.
 */
export class PartsView {
  /** The recordings of which it is unclear which parts count, with the reason. */
  unclear: ReadonlyMap<string, RerunError> = new Map();
  readonly source: CountedParts;
  readonly #options: PartsViewOptions;
  #counted = new Map<string, KeptPart>();
  /** The time of the newest part of each recording that counts. */
  readonly #newest = new Map<string, number>();
  #visits: RecordingVisits;
  /** The recordings with parts of producers, and those with replacements. */
  #uploaded: ReadonlySet<string> = new Set();
  #compacted: ReadonlySet<string> = new Set();
  #fullAt = -Infinity;

  constructor(options: PartsViewOptions) {
    this.#options = options;
    this.source = new CountedParts(options.store, options.dataset);
    this.#visits = this.#newVisits();
  }

  /** The parts that count, by their layers. */
  get counted(): ReadonlyMap<string, KeptPart> {
    return this.#counted;
  }

  /**
   * Looks for new and replaced parts. Returns the change, or `undefined` after a list of everything.
   *
   * @throws {RerunError} the error of the store
   */
  async update(signal: AbortSignal): Promise<PartsChange | undefined> {
    const { now, fullEveryMs } = this.#options;
    const isNewsEnough = now() < this.#fullAt && this.#takesFewerRequests();
    const fullAt = this.#fullAt;
    // After a failure it is unclear what was seen.
    this.#fullAt = -Infinity;
    const change = isNewsEnough ? await this.#listNews(signal) : undefined;
    if (change === undefined) await this.#listAll(signal);
    this.#fullAt = change === undefined ? now() + fullEveryMs : fullAt;
    return change;
  }

  /** Lets the next update list everything. */
  relist(): void {
    this.#fullAt = -Infinity;
  }

  /** The recordings whose newest part is older than a time, in milliseconds by the clock of the store. */
  recordingsBefore(since: number): ReadonlySet<string> {
    const ids = new Set<string>();
    for (const [id, time] of this.#newest) if (time < since) ids.add(id);
    return ids;
  }

  /** The recordings with an undelivered record, and the error of the store. The record may be whole. */
  get undelivered(): ReadonlyMap<string, RerunError> {
    return new Map([...this.unclear].filter(([, { cause }]) => cause !== undefined));
  }

  /** Whether a pass takes fewer requests if it does not list everything. */
  #takesFewerRequests(): boolean {
    const { store, recordings } = this.#options;
    if (store.listFolders === undefined || recordings !== undefined) return false;
    let replacements = 0;
    for (const { next } of this.source.logs.values()) replacements += next - 1;
    return this.#visits.takesFewerRequests(this.#uploaded.size, this.#compacted.size, replacements);
  }

  async #listAll(signal: AbortSignal): Promise<void> {
    const { source } = this;
    const { dataset, recordings } = this.#options;
    const before = this.#counted;
    source.forget(new Set([...this.#newest.keys(), ...this.unclear.keys()]));
    const direct = directPrefix(dataset);
    const visits = this.#newVisits();
    const counted = new Map<string, KeptPart>();
    const unclear = new Map<string, RerunError>();
    const uploaded = new Set<string>();
    // First, so that the parts of these commits, and the effect of these replacements, are in the lists below.
    let compacted: ReadonlySet<string> = new Set();
    if (recordings === undefined) {
      await source.committed.added.skip(signal);
      compacted = await this.#idsIn(replacementPrefix(dataset), signal);
    }
    for (const wanted of recordings ?? [undefined]) {
      const present = new Set<string>();
      for await (const part of source.listObjects(wanted, unclear, signal)) {
        const earlier = before.get(part.layer);
        const isNews = earlier === undefined && before.size > 0 && !source.isReplaced(part);
        const recordingId = visits.note(part, isNews, this.#visits);
        present.add(recordingId);
        if (part.key.startsWith(direct)) uploaded.add(recordingId);
        const kept = keptPart(part, recordingId);
        // The texts of a known part are in memory already.
        const isSame = earlier?.size === kept.size && earlier.time === kept.time;
        counted.set(earlier?.layer ?? kept.layer, isSame ? earlier : kept);
      }
      for (const [id, problem] of await source.readAllReplacements(wanted, present, signal)) unclear.set(id, problem);
      source.addUnclearOfBundles([...present, ...source.logs.keys()], unclear);
    }
    for (const [layer, part] of counted)
      if (unclear.has(part.recordingId) || source.isReplaced(part)) counted.delete(layer);
    for (const id of recordings ?? source.logs.keys()) {
      if (unclear.has(id)) continue;
      for (const part of source.madeOf(id)) counted.set(part.layer, before.get(part.layer) ?? keptPart(part, id));
    }
    [this.#counted, this.unclear, this.#visits] = [counted, unclear, visits];
    [this.#uploaded, this.#compacted] = [uploaded, compacted];
    this.#newest.clear();
    for (const part of counted.values()) this.#noteTime(part);
  }

  /** Adds new parts. Returns the change, or `undefined` if everything has to be listed. */
  async #listNews(signal: AbortSignal): Promise<PartsChange | undefined> {
    const { dataset } = this.#options;
    const { source, unclear } = this;
    const visits = this.#visits;
    const inParallel = new InParallel(PARALLEL_LISTS);
    this.#uploaded = await this.#idsIn(directPrefix(dataset), signal);
    const visited = visits.next(this.#uploaded, this.#compacted).filter((id) => !unclear.has(id));
    const newParts: CountedPart[] = [];
    const visit = async (id: string): Promise<void> => {
      for await (const part of visits.list(id, signal)) if (!this.counted.has(part.layer)) newParts.push(part);
    };
    const uploaded = visited.filter((id) => this.#uploaded.has(id));
    await Promise.all(uploaded.map((id) => inParallel.run(() => visit(id))));
    try {
      for await (const part of source.committed.listAdded(signal)) newParts.push(part);
    } catch (error) {
      if (isUnclear(error)) return undefined;
      throw error;
    }
    // Read after the parts, because a part that is missing in a list may have been replaced before.
    const compacted = await this.#idsIn(replacementPrefix(dataset), signal);
    const due = new Set(visited.filter((id) => compacted.has(id)));
    for (const id of compacted) if (!this.#compacted.has(id) && !unclear.has(id)) due.add(id);
    const next = new Map(Array.from(due, (id) => [id, source.logs.get(id)?.next ?? 1]));
    const read = Array.from(due, (id) => inParallel.run(() => source.readReplacements(id, signal)));
    if ((await Promise.all(read)).some(({ size }) => size > 0)) return undefined;
    this.#compacted = compacted;
    const added: KeptPart[] = [];
    const dropped: KeptPart[] = [];
    const add = (part: KeptPart): void => {
      if (this.#counted.has(part.layer)) return;
      this.#counted.set(part.layer, part);
      this.#noteTime(part);
      added.push(part);
    };
    for (const part of newParts)
      if (!unclear.has(part.recordingId) && !source.isReplaced(part)) add(keptPart(part, visits.noteNew(part)));
    for (const [id, first] of next) {
      const log = source.logOf(id);
      if (log.next === first) continue;
      // A checkpoint does not say what was removed since.
      if (log.through >= first) return undefined;
      for (const [key, number] of log.removed) {
        const part = number < first ? undefined : this.#counted.get(partOfKey(dataset, key)?.layer ?? "");
        if (part === undefined) continue;
        this.#counted.delete(part.layer);
        dropped.push(part);
      }
      for (const part of source.madeOf(id)) add(keptPart(part, id));
    }
    return { added, dropped };
  }

  #noteTime({ recordingId, time }: KeptPart): void {
    if (time > (this.#newest.get(recordingId) ?? -Infinity)) this.#newest.set(recordingId, time);
  }

  /** The ids in the names of the folders below a prefix. */
  async #idsIn(prefix: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for await (const folder of this.#options.store.listFolders?.(prefix, { signal }) ?? []) {
      const id = unescapeId(folder.slice(prefix.length, -1));
      if (id !== undefined) ids.add(id);
    }
    return ids;
  }

  #newVisits(): RecordingVisits {
    const { store, dataset, now } = this.#options;
    return new RecordingVisits(store, dataset, now);
  }
}

/** Whether a commit is damaged. */
function isUnclear(error: unknown): boolean {
  return isRerunError(error) && error.code === "INVALID_FORMAT";
}

function keptPart({ key, size, layer, modified, bundle, sha256 }: CountedPart, recordingId: string): KeptPart {
  const part = { key, size, layer, recordingId, time: modified?.getTime() ?? Infinity };
  // Without them, each of a great many parts takes less memory.
  return bundle === undefined ? part : { ...part, bundle, sha256 };
}
