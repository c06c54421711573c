import type { Sink } from "@rerun-ts/core";
import { checkOptions, nonNegative, type OptionNames } from "@rerun-ts/core/checks";
import { SpoolSink, checkSpooledSink } from "@rerun-ts/core/storage";
import { folderName } from "./opfs-paths.ts";
import { OpfsStore } from "./opfs-store.ts";
import { createStorageWorker } from "./create-storage-worker.ts";
import { readSegment } from "./read-segment.ts";
import type { CreateWorker } from "../page/create-worker.ts";

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_SEGMENT_BYTES = MIB;
const MIN_SEGMENT_BYTES = 64 * 1024;
/** Segments per limit. More segments make eviction finer-grained. */
const PARTS = 8;

/** Options of {@link spool}. */
export interface SpoolOptions {
  /**
   * The name of the spool: pages of one origin with the same name send each other's unsent data. Default `"default"`.
   */
  name?: string | undefined;
  /** The maximum size, for each tab. Above it, the oldest data is dropped. Default 256 MiB. */
  maxBytes?: number | undefined;
  /** The maximum age of data in milliseconds. Older data is dropped. Default 7 days. */
  maxAgeMs?: number | undefined;
  /** The largest number of bytes in flight to the worker. Above it, the oldest data is dropped. Default 100 MiB. */
  maxQueueBytes?: number | undefined;
  /** Creates the writing worker, for bundlers and pages that do not find its file. */
  createWorker?: CreateWorker | undefined;
}

const OPTIONS: OptionNames<SpoolOptions> = {
  name: 1,
  maxBytes: 1,
  maxAgeMs: 1,
  maxQueueBytes: 1,
  createWorker: "function",
};

/**
 * Puts a spool in front of a `GrpcSink` or `WebSocketSink`. The spool is in the origin private file system. Everything
 * is written to the spool, and removed after its acknowledgement by the server. A page may leave unsent data, because
 * the server or the network was away or the page was closed. An open page with the spool, or the next one, sends it.
 * Tabs never mix their data.
 *
 * `flush` resolves when everything is in the spool, and with `ack: true` when the server has acknowledged it. Beyond
 * the limits or the quota of the browser, the oldest data is dropped, counted and reported.
 *
 * Opening rejects with `UNSUPPORTED` if the browser has no such file system, or the worker cannot be started.
 *
 * @param sink the sink to send with
 * @throws {TypeError} if an argument is wrong
 *
 * @example
 * await rec.setSink(rr.spool(new rr.WebSocketSink("wss://logs.example.com/ws")));
 */
export function spool(sink: Sink, options: SpoolOptions = {}): Sink {
  checkSpooledSink(sink);
  checkOptions("spool", options, OPTIONS);
  const { name = "default", maxBytes = 256 * MIB, maxAgeMs = 7 * DAY_MS, maxQueueBytes = 100 * MIB } = options;
  nonNegative("maxBytes", maxBytes);
  nonNegative("maxAgeMs", maxAgeMs);
  const store = new OpfsStore({
    storage: {
      area: "spools",
      name: `the spool ${JSON.stringify(name)}`,
      folder: folderName(name),
      ifExists: "append",
      segmentBytes: Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, maxBytes / PARTS)),
      segmentMs: maxAgeMs / PARTS,
      maxBytes,
      maxAgeMs,
      onFull: "drop-oldest",
    },
    maxQueueBytes: nonNegative("maxQueueBytes", maxQueueBytes),
    createWorker: options.createWorker ?? createStorageWorker,
  });
  return new SpoolSink(sink, store, readSegment, {
    maxBytes: options.maxBytes,
    maxAgeMs: options.maxAgeMs,
    maxQueueBytes: options.maxQueueBytes,
  });
}
