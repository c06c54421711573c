import { directPrefix, parsePartKey, type ListedPart } from "../parts/part-key.ts";
import type { CountedPart } from "../replacements/counted-parts.ts";
import type { ObjectStore } from "../store/object-store.ts";

/** The keys in one answer of a bucket. */
const PAGE = 1000;
/** A recording with news in this time is listed in each pass. */
const BUSY_MS = 60_000;
/** A recording without a part in this time, by the clock of the store, is only listed with all others. */
const ACTIVE_MS = 3_600_000;
/** The requests of a pass for recordings that are active and not busy, in turn. */
const QUIET_REQUESTS = 24;
const DIGITS = 8;

/** The state of a recording. */
interface Recording {
  /** The same text for all of its parts. */
  readonly id: string;
  /** The number of objects that producers have uploaded. */
  uploaded: number;
  /** The highest number of a part in each folder of a run. */
  readonly runs: Map<string, number>;
  /** The time of the newest object by the clock of the store, in milliseconds. */
  newest: number;
  /** The times of the last news and of the last visit, by the clock of the keeper. */
  newsAt: number;
  visitedAt: number;
}

/** Decides which recordings are listed in a pass that does not list everything, and lists them. */
export class RecordingVisits {
  readonly #store: Pick<ObjectStore, "list" | "listFolders">;
  readonly #dataset: string;
  readonly #now: () => number;
  readonly #recordings = new Map<string, Recording>();
  #newest = -Infinity;
  /** The number of objects that were listed. */
  #uploaded = 0;
  #committed = 0;

  constructor(store: Pick<ObjectStore, "list" | "listFolders">, dataset: string, now: () => number) {
    this.#store = store;
    this.#dataset = dataset;
    this.#now = now;
  }

  /** Notes an object in a list of everything. Returns the id of its recording, as one text for all of its parts. */
  note(part: CountedPart, isNews: boolean, before: RecordingVisits): string {
    const recording = this.#of(part.recordingId, before);
    this.#noteTime(recording, part, isNews);
    if (this.#noteRun(recording, part.key)) this.#uploaded++;
    else this.#committed++;
    return recording.id;
  }

  /** Notes an object that was found without a list of everything. Returns the id of its recording, as {@link note}. */
  noteNew(part: CountedPart): string {
    const recording = this.#of(part.recordingId);
    this.#noteTime(recording, part, true);
    return recording.id;
  }

  /** Whether a pass that does not list everything takes fewer requests than one that does. */
  takesFewerRequests(recordings: number, compacted: number, replacements: number): boolean {
    const all = pages(this.#uploaded) + pages(this.#committed) + pages(replacements);
    let some = pages(recordings) + pages(compacted) + 1;
    let quiet = 0;
    for (const recording of this.#recordings.values()) {
      if (this.#isBusy(recording)) some += requestsOf(recording);
      else if (this.#isActive(recording)) quiet += requestsOf(recording);
    }
    return some + Math.min(quiet, QUIET_REQUESTS) < all;
  }

  /**
   * The recordings to be listed: those that nobody has listed yet, those with news in the last minute, and in turn some
   * that were active in the last hour.
   *
   * @param uploaded the recordings with parts of producers
   * @param compacted the recordings with replacements
   */
  next(uploaded: ReadonlySet<string>, compacted: ReadonlySet<string>): readonly string[] {
    const ids: string[] = [];
    const quiet: Recording[] = [];
    for (const id of uploaded) {
      const recording = this.#recordings.get(id);
      const isNew = recording === undefined || (recording.runs.size === 0 && recording.visitedAt === -Infinity);
      if (isNew || this.#isBusy(recording)) ids.push(id);
      else if (this.#isActive(recording)) quiet.push(recording);
    }
    for (const id of compacted) {
      const recording = uploaded.has(id) ? undefined : this.#recordings.get(id);
      if (recording !== undefined && this.#isActive(recording)) quiet.push(recording);
    }
    quiet.sort((a, b) => a.visitedAt - b.visitedAt);
    let requests = 0;
    for (const recording of quiet) {
      ids.push(recording.id);
      requests += requestsOf(recording) + (compacted.has(recording.id) ? 1 : 0);
      if (requests >= QUIET_REQUESTS) break;
    }
    for (const id of ids) this.#visit(id);
    return ids;
  }

  /** Lists the parts that producers have uploaded to a recording: all of them, or the newest ones of each run. */
  async *list(id: string, signal: AbortSignal | undefined): AsyncGenerator<CountedPart> {
    const recording = this.#of(id);
    const folder = directPrefix(this.#dataset, id);
    if (this.#store.listFolders === undefined || pages(recording.uploaded) <= 1 + recording.runs.size)
      yield* this.#listIn(folder, undefined, signal);
    else
      for await (const run of this.#store.listFolders(folder, { signal })) {
        const last = recording.runs.get(run);
        // One answer shows these, too. A run may upload several parts at a time.
        const first = last === undefined ? undefined : Math.max(0, last + 2 - PAGE);
        const startAfter = first === undefined ? undefined : run + String(first).padStart(DIGITS, "0");
        yield* this.#listIn(run, startAfter, signal);
      }
  }

  async *#listIn(
    folder: string,
    startAfter: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<CountedPart> {
    for await (const { key, size, modified } of this.#store.list(folder, { startAfter, signal })) {
      const part: ListedPart | undefined = parsePartKey(key);
      if (part === undefined) continue;
      const recording = this.#of(part.recordingId);
      if (numberOf(key) > (recording.runs.get(runOf(key)) ?? -1) && this.#noteRun(recording, key)) this.#uploaded++;
      yield { ...part, size, modified };
    }
  }

  #of(id: string, before?: RecordingVisits): Recording {
    const known = this.#recordings.get(id);
    if (known !== undefined) return known;
    const old = before === undefined ? undefined : before.#recordings.get(id);
    const { newsAt, visitedAt } = old ?? { newsAt: -Infinity, visitedAt: -Infinity };
    const recording: Recording = { id, uploaded: 0, runs: new Map(), newest: -Infinity, newsAt, visitedAt };
    this.#recordings.set(id, recording);
    return recording;
  }

  #visit(id: string): void {
    const recording = this.#of(id);
    // The objects of a new folder may follow.
    if (recording.visitedAt === -Infinity && recording.newest === -Infinity) recording.newsAt = this.#now();
    recording.visitedAt = this.#now();
  }

  #noteTime(recording: Recording, { modified }: CountedPart, isNews: boolean): void {
    if (isNews) recording.newsAt = this.#now();
    const time = modified?.getTime() ?? -Infinity;
    recording.newest = Math.max(recording.newest, time);
    this.#newest = Math.max(this.#newest, time);
  }

  /** Whether the key is that of a part that a producer has uploaded. */
  #noteRun(recording: Recording, key: string): boolean {
    const number = numberOf(key);
    if (Number.isNaN(number)) return false;
    const run = runOf(key);
    const last = recording.runs.get(run);
    if (last === undefined || number > last) recording.runs.set(run, number);
    recording.uploaded++;
    return true;
  }

  #isBusy({ newsAt }: Recording): boolean {
    return this.#now() - newsAt < BUSY_MS;
  }

  #isActive({ newest }: Recording): boolean {
    return newest > -Infinity && newest >= this.#newest - ACTIVE_MS;
  }
}

/** The number of requests for a list of this many objects. */
function pages(objects: number): number {
  return Math.max(1, Math.ceil(objects / PAGE));
}

function requestsOf({ uploaded, runs }: Recording): number {
  return Math.min(pages(uploaded), 1 + runs.size);
}

/** The number in the key of an uploaded part, or `NaN` for keys of others. */
function numberOf(key: string): number {
  return Number(/\/(\d+)\.rrd$/.exec(key)?.[1]);
}

function runOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}
