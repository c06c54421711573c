import { createHash } from "node:crypto";
import { readEncodedMessages } from "@rerun-ts/core/decode";
import { checkOptions, invalidArgument, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import { randomId } from "@rerun-ts/core/util";
import type { NatsConnectOptions } from "../nats/connect-nats.ts";
import { parseNatsUrl } from "../nats/nats-address.ts";
import { checkPartBytes } from "../parts/check-part-bytes.ts";
import { checkDataset } from "../parts/part-key.ts";
import { checkObjectStore } from "../store/check-store.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { Commit } from "../commits/commit.ts";
import { PARTITIONS, SNAPSHOT_EVERY } from "../commits/log-keys.ts";
import { checkAccess } from "./check-access.ts";
import type { IngestStats } from "./ingest-counts.ts";
import { Ingester } from "./ingester.ts";
import { mergedStatics } from "./merged-statics.ts";
import { NatsLogStream, STREAM_LIMITS, type StreamLimits } from "./nats-log-stream.ts";

const MIB = 1024 * 1024;

/** The most copies of a stream that NATS allows. */
const MAX_REPLICAS = 5;

/** Options of {@link startIngest}. */
export interface IngestOptions {
  /** The address of NATS: `nats://…` or `tls://…`, several of a cluster with commas between them. */
  from: string | URL;
  /** The store for the parts. */
  to: ObjectStore;
  /** The name of the dataset, as in `NatsSink`. */
  dataset: string;
  /** The partitions to work on, from 0 to 63. Several ingesters may work on one. Default: all. */
  partitions?: readonly number[] | undefined;
  /** The size in bytes for a commit of a partition. Default 64 MiB. */
  maxBytes?: number | undefined;
  /** The age in seconds for a commit of a partition. Default 60. */
  maxSeconds?: number | undefined;
  /**
   * The time in seconds between two small commits of a partition for which producers ask. Those who ask in between
   * wait, and share the next commit. With many small recordings a longer time makes fewer objects. Default 1, after a
   * burst of eight.
   */
  ackSeconds?: number | undefined;
  /**
   * Whether small parts of a commit share an object, a bundle. Keepers with `--mounted` cannot register these. Default
   * `true`.
   */
  bundles?: boolean | undefined;
  /** The largest number of bytes in memory, of all partitions. Default 512 MiB. */
  maxMemoryBytes?: number | undefined;
  /** Limits of a new stream. Default: 1 GiB, 1 hour, 1 replica. */
  stream?: Partial<StreamLimits> | undefined;
  /** Login and TLS for NATS. Default: those of the address. */
  connect?: NatsConnectOptions | undefined;
  /** Called with the problems of requests, which are repeated, and of messages. Default: none. */
  onWarning?: ((message: string) => void) | undefined;
  /** Called with each commit of this ingester. Default: none. */
  onCommit?: ((commit: Commit) => void) | undefined;
}

const INGEST_OPTIONS: OptionNames<IngestOptions> = {
  from: 1,
  to: 1,
  dataset: 1,
  partitions: 1,
  maxBytes: 1,
  maxSeconds: 1,
  ackSeconds: 1,
  bundles: "boolean",
  maxMemoryBytes: 1,
  stream: 1,
  connect: 1,
  onWarning: "function",
  onCommit: "function",
};

/** An ingester, to be stopped. */
export interface RunningIngest {
  /** Counts so far. */
  stats(): IngestStats;
  /** Stops reading, commits the rest, and ends. */
  finish(): Promise<void>;
  /** Ends immediately. Uncommitted data stays with NATS and the producers. */
  abort(): Promise<void>;
}

/**
 * Writes the recordings of a dataset from NATS to a store, in parts. Any number of ingesters may run for a dataset, on
 * any machines: each pack is committed once. It survives failures of NATS and of the store.
 *
 * @throws {TypeError} if an option is wrong
 */
export function startIngest(options: IngestOptions): RunningIngest {
  return prepareIngest(options).start();
}

/** An ingester that was not started yet. */
export interface PreparedIngest {
  /** @throws {RerunError} if it can never do its work, as {@link checkAccess} finds out */
  check(): Promise<void>;
  start(): RunningIngest;
  /** Gives up, before the start: the connection of the check would keep the program running. */
  close(): Promise<void>;
}

/**
 * Makes an ingester.
 *
 * @param limitMs the time after which due work that does not happen is a problem
 * @throws {TypeError} if an option is wrong
 */
export function prepareIngest(options: IngestOptions, limitMs?: number): PreparedIngest {
  checkOptions("startIngest", options, INGEST_OPTIONS);
  const { to: store, maxBytes = 64 * MIB, maxSeconds = 60, maxMemoryBytes = 512 * MIB, onWarning, onCommit } = options;
  checkObjectStore("to", store, ["create", "read", "list"]);
  const dataset = checkDataset(options.dataset);
  const stream = new NatsLogStream({
    address: parseNatsUrl(options.from),
    dataset,
    connect: options.connect ?? {},
    limits: checkLimits({ ...STREAM_LIMITS, ...options.stream }),
  });
  const partitions = checkPartitions(options.partitions);
  const ingester = new Ingester({
    store,
    stream,
    dataset,
    partitions,
    owner: randomId(),
    maxBytes: checkPartBytes("maxBytes", nonNegative("maxBytes", maxBytes)),
    maxMs: 1000 * nonNegative("maxSeconds", maxSeconds),
    ackSeconds: options.ackSeconds === undefined ? undefined : nonNegative("ackSeconds", options.ackSeconds),
    hasBundles: options.bundles,
    maxMemoryBytes: nonNegative("maxMemoryBytes", maxMemoryBytes),
    snapshotEvery: SNAPSHOT_EVERY,
    limitMs,
    sha256,
    readMessages: readEncodedMessages,
    readStatics: mergedStatics(store, dataset),
    onWarning: (message) => onWarning?.(message),
    onCommit: (commit) => onCommit?.(commit),
  });
  return {
    check: () => checkAccess({ store, stream, dataset, partition: partitions[0] ?? 0 }),
    start: () => run(ingester, stream),
    close: () => stream.close(),
  };
}

function run(ingester: Ingester, stream: NatsLogStream): RunningIngest {
  const running = ingester.run();
  const end = async (): Promise<void> => {
    await running;
    await stream.close();
  };
  return {
    stats: () => ingester.stats(),
    finish() {
      ingester.finish();
      return end();
    },
    abort() {
      ingester.abort();
      return end();
    },
  };
}

function checkLimits(limits: StreamLimits): StreamLimits {
  const { replicas } = limits;
  if (Number.isInteger(replicas) && replicas >= 1 && replicas <= MAX_REPLICAS) return limits;
  throw invalidArgument("stream.replicas", `an integer from 1 to ${MAX_REPLICAS}, as NATS allows`, replicas);
}

function checkPartitions(partitions: readonly number[] | undefined): readonly number[] {
  if (partitions === undefined) return Array.from({ length: PARTITIONS }, (_, partition) => partition);
  const isPartition = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < PARTITIONS;
  if (Array.isArray(partitions) && partitions.length > 0 && partitions.every(isPartition))
    return [...new Set(partitions)];
  throw invalidArgument("partitions", `a list of integers from 0 to ${PARTITIONS - 1}`, partitions);
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}
