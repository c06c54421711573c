import { RerunError, type EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { Backoff } from "@rerun-ts/core/transport";
import { createObject } from "../store/create-object.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { Batch, missingPacks, type HeldPack, type StorePacks } from "./batch.ts";
import type { Commit, CommittedPart } from "../commits/commit.ts";
import { CommitLog } from "./commit-log.ts";
import type { IngestCounts } from "./ingest-counts.ts";
import type { PresentFailures } from "./present-failures.ts";
import { logPartKey } from "../commits/log-keys.ts";
import type { LogStream } from "./log-stream.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { partBody, type HashPieces, type PartBody } from "./part-body.ts";
import { PartitionReader } from "./partition-reader.ts";
import { partStatics, type StaticData } from "./static-data.ts";

/** The name of reading among what may fail. */
const READING = "read";
/** Parts of a commit that are written at once. */
const MAX_UPLOADS = 4;

/** Common settings and state of the partitions of an ingester. */
export interface IngesterParts {
  readonly store: ObjectStore;
  readonly stream: LogStream;
  readonly dataset: string;
  /** Different for each ingester. */
  readonly owner: string;
  readonly maxBytes: number;
  readonly maxMs: number;
  readonly snapshotEvery: number;
  readonly maxAssemblyBytes: number;
  readonly budget: MemoryBudget;
  readonly counts: IngestCounts;
  readonly failures: PresentFailures;
  readonly statics: StaticData;
  readonly sha256: HashPieces;
  readonly onWarning: (message: string) => void;
  readonly onCommit: (commit: Commit) => void;
  /** There is no room for more packs until some are committed. */
  readonly onFull: () => void;
}

/**
 * Turns the packs of one partition into parts. It gathers packs, writes a part for each recording in them, and commits
 * both at once by creating the next object of the {@link CommitLog}. Only then the packs are announced as committed.
 *
 * Several may work on one partition, in any number of processes: of those that create the same commit one succeeds. The
 * others read it, drop what it has, and go on behind it.
 */
export class PartitionIngester {
  readonly #parts: IngesterParts;
  readonly #partition: number;
  readonly #log: CommitLog;
  readonly #reader: PartitionReader;
  #gathered = new Batch();
  /** The batch that is being committed. */
  #leaving = new Batch();
  #isDue = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake = (): void => {};
  #commits = 0;
  readonly #reading = new AbortController();
  /** Ends everything at once. */
  readonly #stop = new AbortController();
  /** Runs to which an announcement is owed. */
  readonly #owed = new Set<string>();

  constructor(parts: IngesterParts, partition: number) {
    const { store, dataset, snapshotEvery, stream, maxAssemblyBytes, budget, counts } = parts;
    this.#parts = parts;
    this.#partition = partition;
    this.#log = new CommitLog({ store, dataset, partition, snapshotEvery });
    this.#reader = new PartitionReader(stream, partition, maxAssemblyBytes, {
      isKnown: (id) => {
        if (this.#log.missing(id).length === 0) {
          counts.duplicates++;
          this.#owe(id.run);
          return true;
        }
        return [this.#gathered, this.#leaving].some((batch) => batch.missing(id).length === 0);
      },
      onPack: (held) => this.#gather(held),
      onRejected: (reason, id) => {
        counts.rejected++;
        if (id !== undefined) stream.reject(id, reason);
        parts.onWarning(`${parts.stream.url}: ${reason}`);
      },
      room: async () => {
        if (!budget.isExceeded) return;
        parts.onFull();
        await budget.room();
      },
    });
  }

  /** Works until it is finished or aborted. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#reading;
    await this.#attempt("read the commits", () => this.#log.catchUp(signal), signal);
    // There is nothing to commit: a store that is away delays no end.
    if (signal.aborted) return;
    // An ingester may have died between its commit and the announcement.
    for (const run of this.#log.newestRuns) this.#owe(run);
    const reading = this.#readAll();
    await this.#commitAll();
    this.#reading.abort();
    await reading;
    // Before the connection is closed.
    this.#announce();
  }

  /** Commits what was gathered without waiting for more. */
  commitSoon(): void {
    this.#isDue = true;
    this.#wake();
  }

  /** A producer asks what is committed. */
  onAsk(run: string): void {
    if (this.#gathered.isEmpty) this.#owe(run);
    else this.commitSoon();
  }

  /** Reads no more, commits what was gathered, and ends. */
  finish(): void {
    this.#reading.abort();
    this.commitSoon();
  }

  /** Ends at once. */
  abort(): void {
    this.#stop.abort();
    this.finish();
  }

  /** Gathers those messages of a pack that are not known: another sender of the run may have sent some of them. */
  #gather(held: HeldPack): void {
    const { budget, maxMs, maxBytes } = this.#parts;
    let packs: readonly HeldPack[] = [held];
    for (const known of [this.#log, this.#gathered, this.#leaving])
      packs = packs.flatMap((pack) => missingPacks(pack, known));
    for (const pack of packs) {
      if (this.#gathered.isEmpty) this.#timer = setTimeout(() => this.commitSoon(), maxMs);
      this.#gathered.add(pack);
      budget.add(pack.bytes);
    }
    if (this.#gathered.bytes >= maxBytes) this.commitSoon();
  }

  async #readAll(): Promise<void> {
    const backoff = new Backoff();
    const { signal } = this.#reading;
    while (!signal.aborted) {
      const before = this.#reader.sequence;
      try {
        await this.#reader.read((stream) => {
          this.#succeeded(READING);
          return this.#log.positionIn(stream);
        }, signal);
      } catch (error) {
        if (!signal.aborted) this.#failed(READING, `cannot read ${this.#parts.stream.url}`, error);
      }
      if (this.#reader.sequence !== before) backoff.reset();
      if (!signal.aborted) await pause(backoff.next());
    }
  }

  async #commitAll(): Promise<void> {
    for (;;) {
      while (!this.#isDue && !this.#stop.signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#isDue = false;
      clearTimeout(this.#timer);
      if (this.#stop.signal.aborted) return;
      if (!this.#gathered.isEmpty) {
        [this.#leaving, this.#gathered] = [this.#gathered, new Batch()];
        await this.#commit();
      }
      if (this.#reading.signal.aborted && this.#gathered.isEmpty) return;
    }
  }

  /** Commits a batch, behind those of other ingesters. */
  async #commit(): Promise<void> {
    const batch = this.#leaving;
    // What has been read by now is in this batch, or in a commit.
    const { stream, sequence: last } = this.#reader;
    // Others may have committed some of it while it was gathered.
    this.#dropCommitted(batch);
    while (!batch.isEmpty && !this.#stop.signal.aborted) {
      const number = this.#log.next;
      const bodies = await this.#bodies(batch);
      const before = bodies.map(({ storeId }) => this.#log.staticsOf(storeId));
      const parts = await this.#writeParts(number, bodies);
      const owner = `${this.#parts.owner}-${this.#partition}-${++this.#commits}`;
      const commit: Commit = { owner, stream, last, parts, packs: batch.ranges() };
      if (await this.#append(commit)) {
        this.#count(commit);
        for (const [index, { key }] of parts.entries())
          this.#parts.statics.hold(key, bodies[index]?.statics ?? [], before[index]);
      } else {
        this.#parts.counts.conflicts++;
        await this.#attempt("read the commits", () => this.#log.catchUp(this.#stop.signal));
      }
      for (const run of this.#log.newestRuns) this.#owe(run);
      this.#dropCommitted(batch);
    }
    await this.#log.writeSnapshot(this.#stop.signal).then(
      () => this.#succeeded("write a snapshot"),
      (error: unknown) => this.#failed("write a snapshot", "cannot write a snapshot", error),
    );
  }

  #dropCommitted(batch: Batch): void {
    this.#parts.budget.release(batch.removeKnown(this.#log));
  }

  #count(commit: Commit): void {
    const { counts, onCommit } = this.#parts;
    counts.commits++;
    for (const { bytes, rows } of commit.parts) {
      counts.parts++;
      counts.bytes += bytes;
      counts.rows += rows;
    }
    onCommit(commit);
  }

  /** The parts of a batch, without packs of which no part can be made: they would keep all others waiting. */
  async #bodies(batch: Batch): Promise<PartBody[]> {
    const { sha256, counts, budget, maxBytes } = this.#parts;
    const bodies: PartBody[] = [];
    for (const store of batch.byStore()) {
      const earlier = await this.#earlierStatics(store);
      try {
        const body = partBody(store, partStatics(earlier, store, maxBytes), sha256);
        if (body !== undefined) bodies.push(body);
      } catch (error) {
        const reason = RerunError.from(error, "INVALID_FORMAT");
        counts.rejected += store.packs.length;
        this.#warn(`cannot make a part of ${store.storeId.recordingId}`, reason);
        for (const { pack } of store.packs) this.#parts.stream.reject(pack, reason.message);
        const ids = new Set(store.packs.map(({ pack }) => pack));
        budget.release(batch.removeIf((pack) => ids.has(pack)));
      }
    }
    return bodies;
  }

  /** The static data of the earlier parts of a store. Without it, a part would still have all of its own. */
  async #earlierStatics({ storeId }: StorePacks): Promise<readonly EncodedMessage[]> {
    const place = this.#log.staticsOf(storeId);
    if (place === undefined) return [];
    const { statics } = this.#parts;
    let found: readonly EncodedMessage[] = [];
    await this.#attempt("read static data", async () => {
      try {
        found = await statics.read(place, this.#stop.signal);
      } catch (error) {
        const reason = RerunError.from(error, "CONNECTION");
        if (reason.code !== "INVALID_FORMAT") throw reason;
        this.#warn(`${place.key} is damaged, and later parts lack its static data`, reason);
      }
    });
    return found;
  }

  async #append(commit: Commit): Promise<boolean> {
    let isCommitted = false;
    await this.#attempt("commit", async () => {
      isCommitted = await this.#log.append(commit, this.#stop.signal);
    });
    return isCommitted;
  }

  async #writeParts(number: number, bodies: readonly PartBody[]): Promise<CommittedPart[]> {
    const { store, dataset } = this.#parts;
    const written: CommittedPart[] = [];
    const next = bodies.entries();
    const write = async (): Promise<void> => {
      for (const [index, { storeId, body, sha256, chunks, rows, staticBytes }] of next) {
        const key = logPartKey(dataset, this.#partition, number, storeId, sha256);
        // If it exists, it is the same.
        await this.#attempt("write a part", () =>
          createObject(store, key, body, { sha256, signal: this.#stop.signal }),
        );
        written[index] = { key, store: storeId, bytes: body.size, sha256, chunks, rows, staticBytes };
      }
    };
    await Promise.all(Array.from({ length: MAX_UPLOADS }, write));
    return written;
  }

  /** Repeats something until it succeeds, or until the end. */
  async #attempt(what: string, work: () => Promise<unknown>, signal = this.#stop.signal): Promise<void> {
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        await work();
        this.#succeeded(what);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(what, `cannot ${what}`, error);
        await pause(backoff.next());
      }
    }
  }

  /** Announces the committed packs of a run, once for all packs that arrive together. */
  #owe(run: string): void {
    if (this.#owed.size === 0) setTimeout(() => this.#announce(), 0);
    this.#owed.add(run);
  }

  #announce(): void {
    if (this.#stop.signal.aborted) this.#owed.clear();
    for (const run of this.#owed) this.#parts.stream.announce(run, this.#log.packsOf(run));
    this.#owed.clear();
  }

  #failed(what: string, text: string, error: unknown): void {
    const reason = RerunError.from(error, "CONNECTION");
    this.#parts.failures.failed(`${this.#partition} ${what}`, reason);
    this.#warn(text, reason);
  }

  #succeeded(what: string): void {
    this.#parts.failures.succeeded(`${this.#partition} ${what}`);
  }

  #warn(text: string, reason: Error): void {
    this.#parts.onWarning(`partition ${this.#partition}: ${text}: ${messageOf(reason)}`);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
