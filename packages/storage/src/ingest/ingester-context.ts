import type { Commit } from "../commits/commit.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { FirstLogKeys } from "./commit-log.ts";
import type { IngestCounts } from "./ingest-counts.ts";
import type { LogStream } from "./log-stream.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { PackAssembler } from "./pack-assembler.ts";
import type { HashPieces } from "./part-body.ts";
import type { StaticData } from "./static-data.ts";

/** Common settings and state of the partitions of an ingester. */
export interface IngesterContext {
  readonly store: ObjectStore;
  readonly stream: LogStream;
  readonly dataset: string;
  /** Different for each ingester. */
  readonly owner: string;
  readonly maxBytes: number;
  readonly maxMs: number;
  /** The time between two small commits of a partition for which producers ask. */
  readonly ackSeconds: number;
  /** Whether small parts of a commit share an object. */
  readonly hasBundles: boolean;
  readonly snapshotEvery: number;
  readonly firstKeys: FirstLogKeys;
  readonly assembler: PackAssembler;
  readonly budget: MemoryBudget;
  readonly counts: IngestCounts;
  /** The time after which due work that does not happen is a problem, in milliseconds. */
  readonly limitMs: number | undefined;
  readonly statics: StaticData;
  readonly sha256: HashPieces;
  readonly onWarning: (message: string) => void;
  readonly onCommit: (commit: Commit) => void;
  /** There is no room for more packs until some are committed. */
  readonly onFull: () => void;
}
