import type { Commit } from "../commits/commit.ts";
import type { PackId } from "../nats/pack.ts";
import { DueWork, type DueWorkReport } from "../status/due-work.ts";
import { Announcements } from "./announcements.ts";
import { WorkAttempts } from "./work-attempts.ts";
import { isOfSmallRecordings, nextTurn } from "./bundle-groups.ts";
import { Batch, missingPacks, type HeldPack } from "./batch.ts";
import { CommitLog } from "./commit-log.ts";
import { CommitPace } from "./commit-pace.ts";
import type { IngesterContext } from "./ingester-context.ts";
import type { MemoryShare } from "./memory-budget.ts";
import { PartWriter } from "./part-writer.ts";
import { PartitionReader } from "./partition-reader.ts";

/** The name of reading among the operations that may fail. */
const READING = "read";

/**
 * Turns the packs of one partition into parts. It gathers packs, writes a part for each recording in them, and commits
 * both together by creating the next object of the {@link CommitLog}. Only then the packs are announced as committed.
 *
 * Several ingesters may work on one partition, in any number of processes. If several create the same commit, one
 * succeeds. The others read this commit, drop its packs from their batches, and continue after it.
 */
export class PartitionIngester {
  readonly #context: IngesterContext;
  readonly #partition: number;
  readonly #log: CommitLog;
  readonly #reader: PartitionReader;
  #gathered = new Batch();
  /** The batch that is being committed. */
  #leaving = new Batch();
  #isDue = false;
  readonly #pace: CommitPace;
  /** Fires when a commit that a producer has requested may be made. */
  #paceTimer: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake = (): void => {};
  #commits = 0;
  readonly #reading = new AbortController();
  /** Ends everything immediately. */
  readonly #stop = new AbortController();
  readonly #attempts: WorkAttempts;
  readonly #announcements: Announcements;
  readonly #writer: PartWriter;
  readonly #budget: MemoryShare;
  readonly #work: DueWork;
  /** When the oldest of the gathered packs arrived, and the oldest of those that are being committed. */
  #gatheredSince = 0;
  #leavingSince = 0;

  readonly #phase: number;

  /** @param phase the place of the partition among those of the ingester, from 0 to 1 */
  constructor(context: IngesterContext, partition: number, phase: number) {
    this.#phase = phase;
    const { store, dataset, snapshotEvery, firstKeys, stream, assembler, counts } = context;
    const budget = context.budget.share();
    this.#budget = budget;
    this.#context = context;
    this.#pace = new CommitPace(context.ackSeconds);
    this.#partition = partition;
    this.#log = new CommitLog({ store, dataset, partition, snapshotEvery, firstKeys });
    this.#work = new DueWork(`requests of partition ${partition}`, undefined, context.limitMs);
    this.#attempts = new WorkAttempts(context, partition, this.#work);
    this.#announcements = new Announcements(stream, this.#log, this.#stop.signal);
    this.#writer = new PartWriter(context, partition, this.#log, this.#attempts, budget, this.#stop.signal);
    this.#reader = new PartitionReader(stream, partition, assembler, {
      isKnown: (id) => {
        if (this.#log.missing(id).length === 0) {
          counts.duplicates++;
          this.#announcements.owe(id.run);
          return true;
        }
        return [this.#gathered, this.#leaving].some((batch) => batch.missing(id).length === 0);
      },
      isTaken: (id) => this.#isTaken(id),
      onPack: (held) => this.#gather(held),
      onRejected: (reason, id) => {
        counts.rejected++;
        if (id !== undefined) stream.reject(id, reason);
        context.onWarning(`${context.stream.url}: ${reason}`);
      },
      room: async () => {
        if (!budget.isExceeded) return;
        context.onFull();
        await budget.room();
      },
    });
  }

  /** Works until the ingester is finished or aborted. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#reading;
    this.#work.setWaiting(true);
    await this.#attempts.repeat("read the commits", () => this.#log.catchUp(signal), signal);
    this.#work.setWaiting(false);
    // Nothing to commit, so an unreachable store need not delay shutdown.
    if (signal.aborted) return;
    // An ingester may have died between its commit and the announcement.
    for (const run of this.#log.newestRuns) this.#announcements.owe(run);
    const reading = this.#reader.follow(
      (stream) => {
        this.#attempts.recovered(READING);
        return this.#log.positionIn(stream);
      },
      signal,
      (error) => this.#attempts.failed(READING, `cannot read ${this.#context.stream.url}`, error),
    );
    await this.#commitAll();
    this.#reading.abort();
    await reading;
    // Before the connection is closed.
    this.#announcements.announce();
  }

  /** The state of pending work. */
  get due(): DueWorkReport {
    return this.#work.report();
  }

  /** Commits the gathered packs without waiting for more. */
  commitSoon(): void {
    this.#isDue = true;
    this.#wake();
  }

  /** A producer asks which packs are committed. */
  onAsk(run: string): void {
    if (this.#gathered.isEmpty) this.#announcements.owe(run);
    else this.#commitInTime();
  }

  /** Stops reading, commits the gathered packs, and ends. */
  finish(): void {
    this.#reading.abort();
    this.commitSoon();
  }

  /** Ends immediately. */
  abort(): void {
    this.#stop.abort();
    this.finish();
  }

  /**
   * Whether another program has used the numbers of a pack for something else: a copy of the machine, or the machine
   * before it went back to a snapshot. Its producer sends the data again in another run.
   */
  #isTaken(id: PackId): boolean {
    const last = id.number + id.count - 1;
    const isTaken = [this.#log, this.#gathered, this.#leaving].some((known) => {
      const missing = known.missing(id);
      const isNew = missing[0] === id.number && missing[1] === last;
      return known.printsOf(id.run)?.differFrom(id, !isNew) === true;
    });
    if (!isTaken) return false;
    const { stream, counts, onWarning } = this.#context;
    counts.rejected++;
    const reason = "another program has used these numbers of its run";
    stream.reject(id, reason, true);
    onWarning(`${stream.url}: the messages ${id.number} to ${last} of the run ${id.run} are rejected: ${reason}`);
    return true;
  }

  /** Commits the gathered packs as soon as the pace allows it. */
  #commitInTime(): void {
    // More may have been gathered since.
    clearTimeout(this.#paceTimer);
    const waitMs = this.#pace.waitMs(this.#gathered.bytes);
    if (waitMs === 0) this.commitSoon();
    else this.#paceTimer = setTimeout(() => this.commitSoon(), waitMs);
  }

  /** The time at which gathered packs of several small recordings are committed. */
  get #turnAt(): number {
    const { hasBundles, maxMs } = this.#context;
    return hasBundles ? nextTurn(this.#gatheredSince, maxMs, this.#phase) : this.#gatheredSince + maxMs;
  }

  /** Commits the gathered packs once the oldest has waited long enough. */
  #commitOfAge(): void {
    const isSmall = isOfSmallRecordings(this.#gathered);
    const waitMs = (isSmall ? this.#turnAt : this.#gatheredSince + this.#context.maxMs) - performance.now();
    if (waitMs <= 0) this.commitSoon();
    else this.#timer = setTimeout(() => this.#commitOfAge(), waitMs);
  }

  /** Gathers those messages of a pack that are not known: another sender of the run may have sent some of them. */
  #gather(held: HeldPack): void {
    const { maxBytes } = this.#context;
    let packs: readonly HeldPack[] = [held];
    for (const known of [this.#log, this.#gathered, this.#leaving])
      packs = packs.flatMap((pack) => missingPacks(pack, known));
    for (const pack of packs) {
      const isFirst = this.#gathered.isEmpty;
      this.#gathered.add(pack);
      if (isFirst) {
        this.#gatheredSince = performance.now();
        this.#timer = setTimeout(
          () => this.#commitOfAge(),
          Math.min(this.#context.maxMs, this.#turnAt - performance.now()),
        );
      }
      this.#budget.add(pack.bytes);
    }
    this.#noteWaiting();
    if (this.#gathered.bytes >= maxBytes) this.commitSoon();
  }

  async #commitAll(): Promise<void> {
    for (;;) {
      while (!this.#isDue && !this.#stop.signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#isDue = false;
      clearTimeout(this.#timer);
      clearTimeout(this.#paceTimer);
      if (this.#stop.signal.aborted) return;
      if (!this.#gathered.isEmpty) {
        [this.#leaving, this.#gathered] = [this.#gathered, new Batch()];
        this.#leavingSince = this.#gatheredSince;
        this.#noteWaiting();
        await this.#commit();
        this.#noteWaiting();
      }
      if (this.#reading.signal.aborted && this.#gathered.isEmpty) return;
    }
  }

  /** Reports the gathered bytes as pending. They are due as soon as their commit begins. */
  #noteWaiting(): void {
    const isDue = !this.#leaving.isEmpty;
    const since = isDue ? this.#leavingSince : this.#gatheredSince;
    this.#work.setWaiting(isDue, this.#leaving.bytes + this.#gathered.bytes, since);
  }

  /** Commits a batch, after the commits of other ingesters. */
  async #commit(): Promise<void> {
    const batch = this.#leaving;
    const { signal } = this.#stop;
    // What has been read by now is in this batch, or in a commit.
    const { stream, sequence: last, time, runDays } = this.#reader;
    // Others may have committed some of the packs while they were gathered.
    this.#dropCommitted(batch);
    while (!batch.isEmpty && !signal.aborted) {
      const number = this.#log.next;
      const bodies = await this.#writer.bodies(batch, time);
      const before = bodies.map(({ storeId }) => this.#log.staticsOf(storeId));
      const written = await this.#writer.write(number, bodies, batch);
      if (signal.aborted || batch.isEmpty) break;
      const parts = written.filter((part) => part !== undefined);
      const owner = `${this.#context.owner}-${this.#partition}-${++this.#commits}`;
      const [packs, prints] = [batch.ranges(), batch.prints()];
      const commit: Commit = { owner, stream, last, parts, packs, prints, time, runDays };
      if (await this.#append(commit)) {
        this.#pace.spend(batch.bytes, Math.max(0, bytesOf(commit) - batch.bytes));
        this.#count(commit);
        this.#context.stream.release?.(this.#partition, stream, last);
        for (const [index, part] of written.entries())
          if (part !== undefined)
            this.#context.statics.hold(
              part.key,
              bodies[index]?.statics ?? [],
              before[index]?.places.slice(part.earlierStatics ?? 0),
            );
      } else {
        this.#context.counts.conflicts++;
        await this.#attempts.repeat("read the commits", () => this.#log.catchUp(signal), signal);
      }
      for (const run of this.#log.newestRuns) this.#announcements.owe(run);
      this.#dropCommitted(batch);
    }
    await this.#log.writeSnapshot(signal).then(
      () => this.#attempts.succeeded("write a snapshot"),
      (error: unknown) => this.#attempts.failed("write a snapshot", "cannot write a snapshot", error),
    );
  }

  #dropCommitted(batch: Batch): void {
    this.#budget.release(batch.removeKnown(this.#log));
  }

  #count(commit: Commit): void {
    const { counts, onCommit } = this.#context;
    counts.commits++;
    for (const { bytes, rows } of commit.parts) {
      counts.parts++;
      counts.bytes += bytes;
      counts.rows += rows;
    }
    onCommit(commit);
  }

  async #append(commit: Commit): Promise<boolean> {
    let isCommitted = false;
    const { signal } = this.#stop;
    const append = async (): Promise<void> => void (isCommitted = await this.#log.append(commit, signal));
    await this.#attempts.repeat("commit", append, signal);
    return isCommitted;
  }
}

function bytesOf({ parts }: Commit): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
