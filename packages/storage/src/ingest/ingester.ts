import type { ObjectStore } from "../store/object-store.ts";
import type { Commit } from "../commits/commit.ts";
import { logPrefix, snapshotPrefix } from "../commits/log-keys.ts";
import { FirstKeys } from "./first-keys.ts";
import { newIngestCounts, type IngestStats } from "./ingest-counts.ts";
import type { LogStream } from "./log-stream.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { PackAssembler } from "./pack-assembler.ts";
import type { HashPieces } from "./part-body.ts";
import { StaticData, type ReadMessages, type StaticDataSettings } from "./static-data.ts";
import type { IngesterContext } from "./ingester-context.ts";
import { PartitionIngester } from "./partition-ingester.ts";
import { DueWork, sumOfDueWork, type DueWorkReport } from "../status/due-work.ts";

/** The share of the memory for static data of earlier parts, and its limit. */
const STATIC_SHARE = 1 / 8;
const MAX_STATIC_BYTES = 64 * 1024 * 1024;

/** The share of the memory for pieces of large packs. */
const ASSEMBLY_SHARE = 1 / 4;
/** The time between two small commits of a partition for which producers ask. */
const ACK_SECONDS = 1;

/** Settings of an {@link Ingester}. */
export interface IngesterSettings {
  readonly store: ObjectStore;
  readonly stream: LogStream;
  readonly dataset: string;
  readonly partitions: readonly number[];
  /** Different for each ingester. */
  readonly owner: string;
  /** The size and the age, in milliseconds, at which the gathered data of a partition is committed. */
  readonly maxBytes: number;
  readonly maxMs: number;
  /** The time between two small commits of a partition for which producers ask. Default 1. */
  readonly ackSeconds?: number | undefined;
  /** Whether small parts of a commit share an object. Default `true`. */
  readonly hasBundles?: boolean | undefined;
  /** The largest number of bytes of all partitions that are not committed. */
  readonly maxMemoryBytes: number;
  readonly snapshotEvery: number;
  /** The time after which due work that does not happen is a problem, in milliseconds. Default 30,000. */
  readonly limitMs?: number | undefined;
  readonly sha256: HashPieces;
  readonly readMessages: ReadMessages;
  readonly readStatics: StaticDataSettings["readStatics"];
  readonly onWarning: (message: string) => void;
  readonly onCommit: (commit: Commit) => void;
}

/** Turns the packs of a dataset into parts in a store, one {@link PartitionIngester} for each partition. */
export class Ingester {
  readonly #counts = newIngestCounts();
  /** The addresses of the stream and the store, for messages. */
  readonly #route: string;
  /** The work that concerns all partitions. */
  readonly #common: DueWork;
  readonly #budget: MemoryBudget;
  readonly #assembler: PackAssembler;
  readonly #partitions: ReadonlyMap<number, PartitionIngester>;

  constructor(settings: IngesterSettings) {
    const { maxMemoryBytes, stream, partitions, store, dataset, limitMs, onWarning } = settings;
    this.#route = `from ${stream.url} to ${store.url}`;
    this.#common = new DueWork(`rights and settings of ${stream.url}`, undefined, limitMs);
    this.#budget = new MemoryBudget(maxMemoryBytes, partitions.length);
    this.#assembler = new PackAssembler(maxMemoryBytes * ASSEMBLY_SHARE);
    const context: IngesterContext = {
      store,
      stream,
      dataset,
      owner: settings.owner,
      maxBytes: settings.maxBytes,
      maxMs: settings.maxMs,
      ackSeconds: settings.ackSeconds ?? ACK_SECONDS,
      hasBundles: settings.hasBundles ?? true,
      snapshotEvery: settings.snapshotEvery,
      firstKeys: {
        commits: new FirstKeys(store, logPrefix(dataset)),
        snapshots: new FirstKeys(store, snapshotPrefix(dataset)),
      },
      assembler: this.#assembler,
      budget: this.#budget,
      counts: this.#counts,
      limitMs,
      statics: new StaticData({
        store,
        readStatics: settings.readStatics,
        readMessages: settings.readMessages,
        maxBytes: Math.min(MAX_STATIC_BYTES, maxMemoryBytes * STATIC_SHARE),
      }),
      sha256: settings.sha256,
      onWarning,
      onCommit: settings.onCommit,
      onFull: () => {
        for (const partition of this.#partitions.values()) partition.commitSoon();
      },
    };
    this.#partitions = new Map(
      partitions.map((partition, index) => [
        partition,
        new PartitionIngester(context, partition, index / partitions.length),
      ]),
    );
    stream.onProblem?.((name, reason) => {
      if (reason === undefined) this.#common.recover(name);
      else if (this.#common.fail(name, reason)) onWarning(reason);
    });
    stream.onAsk((partition, run) => this.#partitions.get(partition)?.onAsk(run));
  }

  stats(): IngestStats {
    const partitions = new Map<number, DueWorkReport>();
    for (const [partition, { due }] of this.#partitions) partitions.set(partition, due);
    const sum = sumOfDueWork([this.#common.report(), ...partitions.values()]);
    // A call may hang, without an error that names either.
    const due = { ...sum, problem: sum.problem && `${sum.problem}: ${this.#route}` };
    const duePartitions = new Map([...partitions].filter(([, report]) => !isIdle(report)));
    const pendingBytes = this.#budget.bytes + this.#assembler.bytes;
    return { ...this.#counts, pendingBytes, due, duePartitions };
  }

  /** Settles when it was finished or aborted. */
  async run(): Promise<void> {
    await Promise.all([...this.#partitions.values()].map((partition) => partition.run()));
  }

  /** Stops reading, commits the gathered packs, and ends. */
  finish(): void {
    this.#budget.close();
    for (const partition of this.#partitions.values()) partition.finish();
  }

  /** Ends immediately. Gathered packs stay in the stream. */
  abort(): void {
    this.#budget.close();
    for (const partition of this.#partitions.values()) partition.abort();
  }
}

function isIdle({ secondsSinceSuccess, failing, waitingBytes }: DueWorkReport): boolean {
  return secondsSinceSuccess === 0 && failing === 0 && waitingBytes === 0;
}
