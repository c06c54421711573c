import type { Lz4Section } from "@rerun-ts/core/rrd";

/** A thread that does one kind of work for a call, one job after the other. */
export interface WorkThread<Job, Result> {
  /** Resolves when the thread has started, with whether it runs. Never rejects. */
  readonly started: Promise<boolean>;
  /** Does a job. Rejects with the error of the job, or with {@link ThreadLost}. */
  run(job: Job): Promise<Result>;
  /** Ends the thread. Jobs that are not done reject. */
  close(): void;
}

/** The thread has ended before a job was done. */
export class ThreadLost extends Error {
  override readonly name = "ThreadLost";
}

/** A part of an open file, which all threads of a process can read. */
export interface FileRange {
  readonly descriptor: number;
  readonly position: number;
  readonly byteLength: number;
}

/** Bytes of a file that zstd compressed. */
export interface StoredZstd {
  readonly position: number;
  readonly byteLength: number;
  /** The size without compression. */
  readonly size: number;
}

/** Bytes to be decompressed by zstd. All memory is shared, so nothing is copied between the threads. */
export interface DecompressJob {
  readonly source: Uint8Array | FileRange;
  /** The memory for the result, which has exactly its size. */
  readonly target: Uint8Array;
}

/** Bytes to be compressed to an LZ4 block. All memory is shared. The result is the length of the block. */
export interface CompressJob {
  readonly source: Uint8Array;
  readonly sections: readonly Lz4Section[];
  /** The memory for the block, which has room for the largest one. */
  readonly target: Uint8Array;
}
