import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { RerunError, isRerunError, type EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import {
  SegmentLog,
  toStoredMessage,
  type EvictedSegment,
  type SegmentReader,
  type SpoolSegment,
  type SpoolStore,
  type SpoolStoreEvents,
} from "@rerun-ts/core/storage";
import { isPromise } from "@rerun-ts/core/util";
import type { DurableFile } from "../file/durable-file.ts";
import { ioError } from "../file/io-error.ts";
import type { FsyncPolicy } from "../file/fsync-policy.ts";
import { realPath } from "../file/real-path.ts";
import { DirectoryFolder } from "./directory-folder.ts";
import { DirectoryLock, LockedError } from "./directory-lock.ts";
import { removeSockets } from "./remove-sockets.ts";

const MAX_SEGMENT_BYTES = 4 * 1024 * 1024;
const MIN_SEGMENT_BYTES = 64 * 1024;
/** Segments per limit. More segments make eviction finer-grained. */
const PARTS = 8;
const LOCK = "lock";
/** Errors of the operating system that mean a full disk. */
const FULL = new Set(["ENOSPC", "EDQUOT"]);
/** Errors after which a segment cannot be read later either. */
const UNREADABLE = new Set(["ENOENT", "ENOTDIR", "EISDIR", "EIO"]);
/** Interval of checks whether the folder still belongs to this program, if the program does not flush. */
const CHECK_MS = 1000;

/** Options of a {@link DirectoryStore}. */
export interface DirectoryStoreOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly fsync: FsyncPolicy;
  /** Reads the messages of a segment of an earlier program, to count its rows when it is removed. */
  readonly read: SegmentReader;
}

/** The folder, or a file in it, does not belong to this program any more. */
class LostError extends Error {
  constructor(what: string) {
    super(`the ${what} was removed, or another program has taken it`);
  }
}

/**
 * A {@link SpoolStore} in a folder. It writes segments synchronously, so stored messages survive any end of the
 * process. Only one process at a time may use the folder.
 */
export class DirectoryStore implements SpoolStore {
  readonly key: string;
  readonly isSynchronous = true;
  readonly #options: DirectoryStoreOptions;
  readonly #path: string;
  #folder: DirectoryFolder;
  #log: SegmentLog;
  #lock: DirectoryLock | undefined;
  #events: SpoolStoreEvents | undefined;
  #found: readonly Parameters<SegmentLog["adopt"]>[0][] = [];
  #failure: RerunError | undefined;
  #isFull = false;
  /** Whether the folder was removed, or another program has it, so that nothing may be written to it. */
  #isLost = false;
  #checkedAt = 0;
  /** An attempt to take the lock of the program that has taken the folder. */
  #taking: Promise<void> | undefined;

  constructor(options: DirectoryStoreOptions) {
    const { directory, maxBytes, maxAgeMs, fsync } = options;
    this.#options = options;
    this.#path = resolve(directory);
    this.key = realPath(this.#path);
    this.#folder = new DirectoryFolder(this.#path, fsync);
    this.#log = new SegmentLog(this.#folder, {
      segmentBytes: Math.max(MIN_SEGMENT_BYTES, Math.min(MAX_SEGMENT_BYTES, maxBytes / PARTS)),
      segmentMs: maxAgeMs / PARTS,
      maxBytes,
      maxAgeMs,
      separatesRetained: true,
      onEvicted: (evicted) => this.#onEvicted(evicted),
    });
  }

  /**
   * @throws {RerunError} `IO_ERROR` if the folder is unusable, or another process uses it. Rejects with the same error
   * after a wait. `UNSUPPORTED` if a later version of this package has written to it
   */
  open(events: SpoolStoreEvents): void | Promise<void> {
    this.#events = events;
    try {
      mkdirSync(this.#path, { recursive: true });
      const lock = DirectoryLock.take(this.#path, LOCK, (owner) =>
        events.onWarning(
          `the spool ${this.#path} has a lock of ${owner}, which may no longer exist; waiting for up to 30 seconds`,
        ),
      );
      if (isPromise(lock)) return this.#openLater(lock, events);
      this.#start(lock, events);
    } catch (error) {
      throw this.#openError(error);
    }
  }

  async #openLater(lock: Promise<DirectoryLock>, events: SpoolStoreEvents): Promise<void> {
    try {
      this.#start(await lock, events);
    } catch (error) {
      throw this.#openError(error);
    }
  }

  #start(lock: DirectoryLock, events: SpoolStoreEvents): void {
    this.#lock = lock;
    try {
      const { segments, cutBytes } = this.#folder.find();
      this.#found = segments;
      if (cutBytes > 0)
        events.onWarning(
          `${cutBytes} bytes of an incomplete message were cut off at the end of the spool ${this.#path}`,
        );
      for (const { bytes } of segments) events.onFound(bytes);
      // Nobody waits for this.
      removeSockets(this.#path).catch(() => {});
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  claim(id: number): void {
    const [next, ...rest] = this.#found;
    this.#found = rest;
    if (next !== undefined) this.#log.adopt(next, id);
  }

  append(message: EncodedMessage, id: number): void {
    const stored = toStoredMessage(message);
    // The memory of the message is reused, but the log keeps messages of the retained state.
    const kept = stored.retentionKey === undefined ? stored : { ...stored, payload: stored.payload.slice() };
    if (performance.now() - this.#checkedAt >= CHECK_MS) this.#attempt(() => this.#check());
    for (;;) {
      try {
        if (this.#isLost) throw new LostError("folder");
        this.#log.append(kept, id);
        this.#isFull = false;
        if (this.#failure !== undefined) this.#events?.onWorking();
        this.#failure = undefined;
        return;
      } catch (error) {
        const isFull = FULL.has(codeOf(error));
        if (isFull && this.#makeRoom(error)) continue;
        this.#fail(error);
        // A file that could not be written may never grow again, so the next message begins another one.
        if (!isFull) this.#attempt(() => this.#log.seal());
        const { rows, retentionKey: key } = stored;
        this.#events?.onUnstored({ id, key, rows, bytes: stored.payload.byteLength });
        return;
      }
    }
  }

  seal(): void {
    this.#attempt(() => this.#log.seal());
  }

  async read(after: number): Promise<SpoolSegment | undefined> {
    const segment = this.#log.read(after);
    if (segment === undefined) return undefined;
    const { name, bytes, rows = 0, firstId, lastId } = segment;
    try {
      return { rrd: this.#folder.read(name, bytes), lastId };
    } catch (error) {
      if (!UNREADABLE.has(codeOf(error))) throw error;
      this.#events?.onWarning(`cannot read ${name} of the spool ${this.#path}: ${messageOf(error)}; it is skipped`);
      this.#events?.onEvicted({ firstId, lastId, bytes, rows, reason: "closed" });
      return { rrd: new Uint8Array(), lastId };
    }
  }

  release(id: number): void {
    this.#attempt(() => this.#log.release(id));
  }

  async flush(): Promise<void> {
    this.#attempt(() => this.#check());
    await this.#taking;
    try {
      await Promise.all(this.#log.files.map((file) => (file as DurableFile).acknowledgeable()));
    } catch (error) {
      this.#fail(error);
      // A file that was not synchronized once is not written any more.
      this.#attempt(() => this.#log.seal());
    }
  }

  async close(isEmpty: boolean): Promise<void> {
    this.closeSync(isEmpty);
  }

  closeSync(isEmpty: boolean): void {
    this.#attempt(() => this.#log.close(isEmpty));
    this.#attempt(() => this.#lock?.release());
    this.#lock = undefined;
  }

  /**
   * Checks that the folder and the open files exist: writing to a file succeeds after its removal. If the folder was
   * removed, or another program has taken and released it, the store goes on in a new one.
   * @throws {Error} if that is impossible now
   */
  #check(): void {
    const lock = this.#lock;
    if (lock === undefined) return;
    this.#checkedAt = performance.now();
    if (!lock.isOurs) {
      this.#isLost = true;
      this.#fail(new LostError("folder"));
      mkdirSync(this.#path, { recursive: true });
      const created = DirectoryLock.create(this.#path, LOCK);
      if (created === undefined) return this.#takeLater();
      this.#replaceLock(created);
    }
    const isFileLost = !this.#isLost && this.#log.files.some((file) => (file as DurableFile).isGone);
    if (isFileLost) this.#fail(new LostError("file"));
    if (!this.#isLost && !isFileLost) return;
    this.#attempt(() => this.#log.seal());
    if (this.#isLost) this.#log.forget();
    this.#log.rewriteRetained();
    this.#isLost = false;
  }

  /** Takes the folder if the program that has taken it has ended. A later check goes on. */
  #takeLater(): void {
    this.#taking ??= DirectoryLock.tryTake(this.#path, LOCK)
      .then(
        (lock) => this.#replaceLock(lock),
        () => {},
      )
      .finally(() => (this.#taking = undefined));
  }

  #replaceLock(lock: DirectoryLock): void {
    const old = this.#lock;
    // The store may be closed by now.
    this.#lock = old === undefined ? undefined : lock;
    this.#attempt(() => (old ?? lock).release());
  }

  /** The disk is full: removes the oldest data. Returns whether there was any. */
  #makeRoom(error: unknown): boolean {
    if (!this.#isFull)
      this.#events?.onWarning(
        `the disk of the spool ${this.#path} is full: ${messageOf(error)}; the oldest data is dropped`,
      );
    this.#isFull = true;
    try {
      return this.#log.evictOldest();
    } catch (failure) {
      this.#fail(failure);
      return false;
    }
  }

  #onEvicted({ name, rows, ...facts }: EvictedSegment): void {
    // Counts the rows now, because the file is removed next.
    const count = rows === undefined && name !== undefined ? this.#countRows(name, facts.bytes) : (rows ?? 0);
    this.#events?.onEvicted({ ...facts, rows: count });
  }

  async #countRows(name: string, bytes: number): Promise<number> {
    try {
      const messages = await this.#options.read(this.#folder.read(name, bytes));
      return messages.reduce((sum, { manifest }) => sum + (manifest?.rows ?? 0), 0);
    } catch {
      return 0;
    }
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = ioError(`cannot write to the spool ${this.#path}`, error, "directory");
    this.#events?.onFailure(this.#failure);
  }

  #openError(error: unknown): RerunError {
    const problem = `cannot open the spool ${this.#path}`;
    if (isRerunError(error))
      return new RerunError(error.code, `${problem}: ${error.message}`, { cause: error, argument: "directory" });
    if (!(error instanceof LockedError)) return ioError(problem, error, "directory");
    const isKnown = error.owner !== "unknown";
    const message = `${problem}: ${error.message}${isKnown ? " is using it; give each program its own spool" : ""}`;
    return new RerunError("IO_ERROR", message, { cause: error, argument: "directory" });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
