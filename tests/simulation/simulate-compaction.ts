import type { ObjectStore } from "@rerun-ts/storage";
import type { MergeResult } from "../../packages/storage/src/compact/merge-parts.ts";
import type { CountedPart } from "../../packages/storage/src/replacements/counted-parts.ts";
import type * as parts from "./compaction-parts.ts";
import { CompactionLedger, rowsIn, uniqueRows } from "./compaction-ledger.ts";
import { DELETE_AFTER_MS, type CompactionAction, type CompactionSchedule } from "./compaction-schedule.ts";
import { useGlobals } from "./current-globals.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { SimulatedStore } from "./simulated-store.ts";
import { World } from "./world.ts";

/** The simulated parts of the packages. */
export type CompactionParts = typeof parts;

const DAY_MS = 24 * 3_600_000;
const RETRY_MS = 1000;
/** How long everything may take once nothing fails any more. */
const PATIENCE_MS = 600_000;
/** Recordings of different shares. */
const IDS = ["monday", "friday"] as const;
const RECORDING = { kind: "recording", applicationId: "simulation", recordingId: IDS[0] } as const;
/** The parts of a run from this number on are those of the second recording. */
const SECOND = 5;
/** The most objects of the log of a recording that are left. */
const MAX_RECORDS = 6;
/** The commits from one snapshot to the next, and the most that are left beside those of parts. */
const [SNAPSHOT_EVERY, MAX_COMMITS] = [3, 20];
/** The calls of compaction while a process stands still, so that replacements are folded and deleted. */
const OUTLASTING = 4;

/** Runs a schedule. @throws {Error} that says which promise was broken */
export async function simulateCompaction(compaction: CompactionParts, schedule: CompactionSchedule): Promise<void> {
  const simulation = new CompactionSimulation(compaction, schedule);
  for (const action of schedule.actions) await simulation.perform(action);
  await simulation.finish();
}

/** A program that does one thing after the other, or none. */
interface Worker {
  process: SimulatedProcess;
  isBusy: boolean;
}

class CompactionSimulation {
  readonly #parts: CompactionParts;
  readonly #schedule: CompactionSchedule;
  readonly #world: World;
  readonly #store: SimulatedStore;
  readonly #ledger: CompactionLedger;
  readonly #workers = new Map<string, Worker>();
  /** The parts that producers have uploaded, or try to. */
  readonly #uploads = new Map<string, Uint8Array>();
  /** The rows that a producer or an ingester knows to be in the store. */
  readonly #acknowledged = new Set<string>();
  readonly #keeper: InstanceType<typeof parts.CountedParts>;
  #rows = 0;
  #failure: Error | undefined;

  constructor(compaction: CompactionParts, schedule: CompactionSchedule) {
    this.#parts = compaction;
    this.#schedule = schedule;
    this.#world = new World(schedule.seed);
    useGlobals(this.#world.globals);
    const { storeFaults: faults, latencyMs, pageSize } = schedule;
    const makeError = (code: "CONNECTION" | "NOT_FOUND", message: string): Error =>
      new compaction.RerunError(code, message);
    const options = { faults, latencyMs, makeError, pageSize };
    this.#store = new SimulatedStore(this.#world, options, (key, bytes) =>
      this.#check(() => this.#ledger.onCreated(key, bytes)),
    );
    this.#store.onDelete = (key) => this.#check(() => this.#ledger.onDeleted(key));
    this.#ledger = new CompactionLedger(this.#store.objects, () => this.#world.now);
    this.#keeper = new compaction.CountedParts(this.#store.client(new SimulatedProcess(this.#world)), "fleet");
  }

  async perform(action: CompactionAction): Promise<void> {
    const world = this.#world;
    switch (action.type) {
      case "upload":
        this.#start(`producer ${action.run}`, (store) => this.#upload(store, action.run, action.part, action.rows));
        break;
      case "ingest":
        this.#start(`ingester ${action.ingester}`, (store) => this.#ingest(store, action.rows));
        break;
      case "compact":
        this.#start(`compactor ${action.compactor}`, (store) => this.#compact(store, action.share));
        break;
      case "remove":
        this.#start("remover", (store) => this.#remove(store, action.keepMs, action.unit));
        break;
      case "kill":
        world.after(action.afterMs, () => this.#kill(action.who));
        break;
      case "freeze":
        world.after(action.afterMs, () => this.#workers.get(action.who)?.process.freeze(action.ms));
        break;
      case "outlast":
        await world.runUntil(world.now + action.afterMs);
        this.#workers.get(action.who)?.process.freeze(1.3 * OUTLASTING * DELETE_AFTER_MS);
        // The first call replaces parts, the second deletes them and makes a checkpoint, and the third uses it.
        for (let call = 0; call < OUTLASTING; call++) {
          const name = action.who === "compactor 0" ? "compactor 1" : "compactor 0";
          await world.runUntil(world.now + 1.2 * DELETE_AFTER_MS);
          this.#start(name, (store) => this.#compact(store));
          if (action.killMs === undefined) continue;
          await world.runUntil(world.now + action.killMs);
          this.#kill(name);
        }
        break;
      case "read":
        this.#start("reader", (store) => this.#read(store, action.isFresh));
        break;
      case "wait":
        await world.runUntil(world.now + action.ms);
        break;
      case "store down":
        this.#store.isDown = true;
        world.after(action.ms, () => (this.#store.isDown = false));
        break;
    }
    // Started processes ask the store before anything else happens.
    await world.runUntil(world.now);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** From now on nothing fails: the processes join small parts, and delete objects that nobody needs. */
  async finish(): Promise<void> {
    const world = this.#world;
    // Planned failures happen, and frozen processes go on.
    await world.runUntil(world.now + 2 * OUTLASTING * DELETE_AFTER_MS);
    this.#store.faults = 0;
    this.#store.isDown = false;
    // The first call goes on with the round of a killed one. The second does not yet delete parts that it replaces, nor
    // parts that the numbers before hide.
    for (let call = 0; call < 6; call++) {
      await this.#finishWork((store) => this.#compact(store));
      await world.runUntil(world.now + 2 * DELETE_AFTER_MS);
    }
    await this.#finishWork((store) => this.#read(store, true));
    await this.#finishWork((store) => this.#read(store, false));
    this.#check(() => {
      const [needless] = this.#ledger.needless();
      if (needless !== undefined) throw new Error(`no progress: ${needless} is never deleted`);
      const { maxBytes, minParts } = this.#schedule;
      if (maxBytes > 10_000 && this.#ledger.counted.size > IDS.length * (2 * minParts + 3))
        throw new Error(`no progress: ${this.#ledger.counted.size} small parts are left`);
      if (this.#store.objects.size > 0 && this.#ledger.commits > MAX_COMMITS + this.#ledger.counted.size)
        throw new Error(`no progress: ${this.#ledger.commits} commits are left`);
      for (const id of IDS)
        if (this.#ledger.logOf(id) > MAX_RECORDS)
          throw new Error(`no progress: ${id} has ${this.#ledger.logOf(id)} records`);
    });
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #finishWork(work: (store: ObjectStore) => Promise<void>): Promise<void> {
    let isDone = false;
    this.#workers.delete("last");
    this.#start("last", async (store) => {
      await work(store);
      isDone = true;
    });
    if (!(await this.#world.runUntil(this.#world.now + PATIENCE_MS, () => isDone || this.#failure !== undefined)))
      throw new Error("no progress: a call does not end");
  }

  /** Starts something, unless its program is busy. Errors of the store end it. */
  #start(name: string, work: (store: ObjectStore) => Promise<void>): void {
    let worker = this.#workers.get(name);
    if (worker?.isBusy === true) return;
    worker ??= { process: new SimulatedProcess(this.#world), isBusy: false };
    this.#workers.set(name, worker);
    worker.isBusy = true;
    const started = worker;
    work(this.#store.client(worker.process))
      .catch((error: unknown) => {
        const isOfStore = error instanceof this.#parts.RerunError && error.code === "CONNECTION";
        if (!isOfStore) this.#failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => (started.isBusy = false));
  }

  #kill(name: string): void {
    this.#workers.get(name)?.process.kill();
    this.#workers.delete(name);
  }

  async #upload(store: ObjectStore, run: number, part: number, rows: number): Promise<void> {
    const id = { dataset: "fleet", kind: "recording", id: idOf(part), producer: "robot" } as const;
    const key = this.#parts.partKey({ ...id, run: `run${run}`, number: part });
    let body = this.#uploads.get(key);
    if (body === undefined) this.#uploads.set(key, (body = this.#newRows(rows)));
    // A spool keeps the part until it is acknowledged, and sends it again, also long after.
    await this.#parts.uploadPart(store, { key, body }, new AbortController().signal).catch((error: unknown) => {
      // It was deleted between the two requests.
      const isOfStore = error instanceof this.#parts.RerunError;
      if (!isOfStore || (error.code !== "NOT_FOUND" && error.code !== "SERVER")) throw error;
    });
    if (this.#store.objects.has(key)) for (const row of rowsIn(body)) this.#acknowledged.add(row);
  }

  async #ingest(store: ObjectStore, rows: number): Promise<void> {
    const { CommitLog, bundleKey, logPartKey } = this.#parts;
    const { signal } = new AbortController();
    const log = new CommitLog({ store, dataset: "fleet", partition: 0, snapshotEvery: SNAPSHOT_EVERY });
    // Several rows are of both recordings, whose parts share an object.
    const bodies = rows > 1 ? [this.#newRows(1), this.#newRows(rows - 1)] : [this.#newRows(rows)];
    const body = new Uint8Array(Buffer.concat(bodies));
    const sha256 = this.#hash(body);
    const isCommitted = (): boolean => log.missing({ run: sha256, number: 1, count: 1 }).length === 0;
    for (let attempt = 1; ; attempt++) {
      await log.catchUp(signal);
      // It was folded before this ingester went on.
      if (isCommitted()) break;
      const number = log.next;
      let offset = 0;
      const single = bodies.map((own, index) => {
        const recording = { ...RECORDING, recordingId: IDS[index] ?? RECORDING.recordingId };
        const hash = this.#hash(own);
        const key = logPartKey("fleet", 0, number, recording, hash);
        return { key, store: recording, bytes: own.byteLength, sha256: hash, chunks: 1, rows: rowsIn(own).length };
      });
      const bundle = bodies.length > 1 ? bundleKey("fleet", 0, number, sha256, IDS) : undefined;
      const parts = single.map((part) => {
        const place = bundle === undefined ? undefined : { key: bundle, offset };
        offset += part.bytes;
        return { ...part, bundle: place };
      });
      await store.create(bundle ?? single[0]?.key ?? "", body);
      const packs = { [sha256]: [1, 1] };
      const commit = { owner: `${sha256} ${attempt}`, stream: "stream", last: 0, parts, packs };
      if (await log.append(commit, signal)) break;
    }
    for (const row of rowsIn(body)) this.#acknowledged.add(row);
    await log.writeSnapshot(signal);
  }

  /** @param share a share of two, or 0 for all recordings */
  async #compact(store: ObjectStore, share: 0 | 1 | 2 = 0): Promise<void> {
    const { maxBytes, minParts } = this.#schedule;
    const compaction = new this.#parts.Compaction(store, {
      dataset: "fleet",
      recordingIds: undefined,
      share: share === 0 ? { index: 1, count: 1 } : { index: share, count: 2 },
      concurrency: 2,
      foldAfterCount: 1,
      snapshotEvery: SNAPSHOT_EVERY,
      limits: { maxBytes, minParts },
      merge: (group) => this.#merge(store, group),
      deleteAfterMs: DELETE_AFTER_MS,
      sweepAfterMs: DELETE_AFTER_MS,
      dryRun: false,
      onCompacted: undefined,
      onDeleted: undefined,
      signal: undefined,
    });
    const { failed, warnings } = await compaction.run();
    // A compactor that was frozen may find its parts deleted.
    for (const { error } of failed) if (error.code !== "NOT_FOUND") throw error;
    // A world may have no parts yet, of which a compaction warns.
    const problem = warnings.find((warning) => !warning.includes(" has no parts of "));
    if (problem !== undefined) throw new Error(problem);
  }

  async #merge(store: ObjectStore, group: readonly CountedPart[]): Promise<MergeResult> {
    const pieces: Uint8Array[] = [];
    for (const part of group) pieces.push(await this.#parts.readPart(store, part));
    const body = new Uint8Array(Buffer.concat(pieces));
    const merged = { body, bytes: body.byteLength, sha256: this.#hash(body), chunks: 1, rows: 1, parts: group };
    return { merged, leftOut: [], release: () => Promise.resolve() };
  }

  async #remove(store: ObjectStore, keepMs: number, unit: "recording" | "part"): Promise<void> {
    const options = { dataset: "fleet", keepDays: keepMs / DAY_MS, unit };
    // The parts here have no static data.
    await this.#parts.removeOldPartsWith(store, options, () => Promise.resolve(undefined));
  }

  /** Reads all parts, as `openParts` and keepers do. */
  async #read(store: ObjectStore, isFresh: boolean): Promise<void> {
    const started = this.#world.now;
    const expected = [...this.#acknowledged];
    const parts = isFresh ? new this.#parts.CountedParts(store, "fleet") : this.#keeper;
    const lists = isFresh ? IDS : [undefined];
    const counted: CountedPart[] = [];
    for (const id of lists) counted.push(...(await this.#repeat(() => parts.list(id))).counted);
    // The found data is complete, even if the process was frozen, and even if the parts that it read are deleted now.
    this.#checkRows(
      expected,
      counted.map(({ key }) => this.#ledger.rowsOf(key)),
    );
    const found: string[][] = [];
    for (const part of counted) {
      const { key, size } = part;
      const bytes = await this.#repeat(() => this.#parts.readPart(store, part)).catch((error: unknown) => {
        if (this.#world.now - started > DELETE_AFTER_MS / 2) return undefined;
        throw error;
      });
      if (bytes === undefined) return;
      if (bytes.byteLength !== size) throw new Error(`${key} has ${bytes.byteLength} instead of ${size} bytes`);
      found.push(rowsIn(bytes));
    }
    this.#checkRows(expected, found);
  }

  #checkRows(expected: readonly string[], found: readonly (readonly string[])[]): void {
    const rows = uniqueRows(found);
    for (const row of expected)
      if (!rows.has(row) && !this.#ledger.removed.has(row)) throw new Error(`a reader lacks ${row}`);
  }

  async #repeat<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof this.#parts.RerunError) || error.code !== "CONNECTION") throw error;
        await new Promise<void>((resolve) => this.#world.after(RETRY_MS, resolve));
      }
    }
  }

  #newRows(count: number): Uint8Array {
    const rows = Array.from({ length: count }, () => `row${++this.#rows}\n`);
    return new TextEncoder().encode(rows.join(""));
  }

  #hash(bytes: Uint8Array): string {
    return Buffer.from(this.#parts.sha256(new Uint8Array(bytes))).toString("hex");
  }

  /** Keeps the first failure of a check. */
  #check(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failure ??= error as Error;
    }
  }
}

/** The recording of a part with a number. */
function idOf(part: number): string {
  return part < SECOND ? IDS[0] : IDS[1];
}
