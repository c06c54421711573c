import type { EncodedMessage, Sink } from "@rerun-ts/core";
import { checkOptions, nonNegative, type OptionNames, invalidArgument, isUrl } from "@rerun-ts/core/checks";
import { SpoolSink, checkSpooledSink } from "@rerun-ts/core/storage";
import { checkFsync, type FsyncPolicy } from "../file/fsync-policy.ts";
import { pathOf } from "../file/path-of.ts";
import { DirectoryStore } from "./directory-store.ts";

const GIB = 1024 ** 3;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Options of {@link spool}. */
export interface SpoolOptions {
  /** The folder for unacknowledged data. It is created. One process at a time can use it. */
  directory: string | URL;
  /** The maximum size. Above it, the oldest data is dropped. Default 1 GiB. */
  maxBytes?: number | undefined;
  /** The maximum age of data in milliseconds. Older data is dropped. Default 7 days. */
  maxAgeMs?: number | undefined;
  /**
   * The policy for synchronizing data with the disk, against a loss of power: `"never"`, `"interval"` (within a second)
   * or `"every-ack"` (before `flush` settles). Default `"never"`: flushed data survives any end of the process.
   */
  fsync?: FsyncPolicy | undefined;
}

const OPTIONS: OptionNames<SpoolOptions> = { directory: 1, maxBytes: 1, maxAgeMs: 1, fsync: 1 };

/**
 * Puts a spool on disk in front of a sink for servers: `GrpcSink` or `WebSocketSink`. Everything is written to the
 * spool, and removed after its acknowledgement by the server. A program may leave unsent data, because the server or
 * the network was away or the program was killed. The next program with the spool sends it, in order.
 *
 * `flush` resolves when everything is in the spool, and with `ack: true` when the server has acknowledged it. Beyond
 * the limits, or on a full disk, the oldest data is dropped, counted and reported.
 *
 * Opening rejects with `IO_ERROR` if the folder cannot be used, or another process is using it.
 *
 * @param sink the sink to send with
 * @throws {TypeError} if an argument is wrong
 *
 * @example
 * await rec.setSink(rr.spool(new rr.GrpcSink("rerun+http://base:9876/proxy"), { directory: "/var/lib/robot/spool" }));
 */
export function spool(sink: Sink, options: SpoolOptions): Sink {
  checkSpooledSink(sink);
  const { directory, maxBytes, maxAgeMs, fsync } = options ?? ({} as Partial<SpoolOptions>);
  const isPath = (typeof directory === "string" && directory !== "") || isUrl(directory);
  if (!isPath)
    throw invalidArgument("directory", 'the path of a folder, e.g. { directory: "spool" }', directory ?? options);
  checkOptions("spool", options, OPTIONS);
  const limits = {
    maxBytes: nonNegative("maxBytes", maxBytes ?? GIB),
    maxAgeMs: nonNegative("maxAgeMs", maxAgeMs ?? 7 * DAY_MS),
    fsync: checkFsync("fsync", fsync),
  };
  const store = new DirectoryStore({
    directory: pathOf("directory", "the path of a folder", directory),
    ...limits,
    read: readSegment,
  });
  return new SpoolSink(sink, store, readSegment, {
    maxBytes,
    maxAgeMs,
    fsync,
  });
}

/** Reads a segment with the decoder, which programs load only when there is something to be read. */
async function readSegment(rrd: Uint8Array): Promise<EncodedMessage[]> {
  const { readEncodedMessages } = await import("@rerun-ts/core/decode");
  return readEncodedMessages(rrd);
}
