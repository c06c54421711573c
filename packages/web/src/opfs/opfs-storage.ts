import { whyMissing } from "../page/missing-feature.ts";
import { messageOf } from "@rerun-ts/core/checks";
import {
  MAX_RETAINED_BYTES,
  RetainedMessages,
  SegmentLog,
  type EvictedSegment,
  type FoundSegment,
  type StoredMessage,
} from "@rerun-ts/core/storage";
import { randomId } from "@rerun-ts/core/util";
import { FlushTimer } from "./flush-timer.ts";
import { isQuotaError, type OpfsFile } from "./opfs-file.ts";
import { OpfsFolder, isMissing } from "./opfs-folder.ts";
import { IN_USE, takeLock } from "./opfs-lock.ts";
import { lockName } from "./opfs-paths.ts";
import { Orphans } from "./adopt-orphans.ts";
import { createFolders, type Folders } from "./storage-folders.ts";
import { StorageError, type OpfsStorageEvents, type OpfsStorageOptions, type StoredSegment } from "./storage-types.ts";

/**
 * Longest wait for the last owner of a recording to release it, because its worker may still be ending after a reload.
 */
const LOCK_MS = 2000;
/** Interval of searches for data that other pages have left. */
const ORPHAN_CHECK_MS = 3000;
/** Interval of checks whether the files still exist, if the page does not flush. */
const EXISTENCE_CHECK_MS = 1000;
/** The number of attempts to store a message in a new folder, whose files somebody removes again. */
const MAX_RESTARTS = 3;
/** The least time between two attempts to write while that fails. */
const RETRY_MS = 1000;

/**
 * A recording, or the data of a spool, in the origin private file system: in segments that are valid by themselves, and
 * flushed by time and size. Works in any dedicated worker. Calls must not overlap: each is awaited before the next.
 */
export class OpfsStorage {
  readonly #options: OpfsStorageOptions;
  readonly #events: OpfsStorageEvents;
  readonly #path: string;
  readonly #release: () => void;
  readonly #orphans: Orphans;
  readonly #retained = new RetainedMessages<StoredMessage>(MAX_RETAINED_BYTES);
  /** The retained state that could not be stored. */
  readonly #missed = new RetainedMessages<StoredMessage>(MAX_RETAINED_BYTES);
  #parent: FileSystemDirectoryHandle;
  #folder: OpfsFolder;
  #log: SegmentLog;
  #found: FoundSegment[] = [];
  readonly #flushTimer = new FlushTimer(() => this.#flushFiles());
  #orphanTimer: ReturnType<typeof setInterval> | undefined;
  #checkedAt = 0;
  /** The failure since which nothing could be stored, and the time of the next attempt. */
  #failure: StorageError | undefined;
  #retryAt = 0;
  #isFull = false;
  #isLosing = false;

  private constructor(
    options: OpfsStorageOptions,
    events: OpfsStorageEvents,
    path: string,
    folders: Folders,
    release: () => void,
  ) {
    this.#options = options;
    this.#events = events;
    this.#path = path;
    this.#release = release;
    this.#orphans = new Orphans(options.folder, (message) => events.onWarning(message));
    this.#parent = folders.parent;
    this.#folder = new OpfsFolder(folders.own, this.#separatesRetained ? ["data", "retained"] : ["data"]);
    this.#log = this.#newLog();
  }

  /** Opens or creates a recording or a spool. Rejects with a {@link StorageError}. */
  static async open(options: OpfsStorageOptions, events: OpfsStorageEvents): Promise<OpfsStorage> {
    const { area, folder } = options;
    const { locks, storage: manager } = navigator as Partial<Navigator>;
    if (locks === undefined || typeof manager?.getDirectory !== "function")
      throw new StorageError("UNSUPPORTED", whyMissing("origin private file system"));
    // Each page has a separate folder of the spool, so that two pages never mix their data.
    const path = area === "spools" ? `${folder}/${randomId()}` : folder;
    const release = await takeLock(lockName(area, path), LOCK_MS);
    if (release === undefined) throw new StorageError("IO_ERROR", IN_USE);
    try {
      const folders = await createFolders(options, path, options.ifExists === "replace");
      const storage = new OpfsStorage(options, events, path, folders, release);
      await storage.#start();
      return storage;
    } catch (error) {
      release();
      throw isQuotaError(error) ? new StorageError("QUOTA", "the storage is full; nothing was kept") : error;
    }
  }

  /** Stores a message. Never rejects: failures are reported. */
  async append(id: number, message: StoredMessage): Promise<void> {
    for (let restarts = 0; ;) {
      try {
        if (this.#failure !== undefined && performance.now() < this.#retryAt) throw this.#failure;
        if (performance.now() - this.#checkedAt > EXISTENCE_CHECK_MS) await this.#checkExistence();
        await this.#write(id, message);
        if (message.retentionKey !== undefined) this.#retained.put(message.retentionKey, message);
        if (this.#failure !== undefined) await this.#goOn();
        return;
      } catch (error) {
        if (error !== this.#failure) {
          // Files that were removed fail in many ways: also as if the storage was full.
          if (restarts++ < MAX_RESTARTS && (await this.#checkExistence())) continue;
          if (isQuotaError(error) && (await this.#makeRoom())) continue;
          this.#fail(error);
        }
        const { rows, retentionKey: key, payload } = message;
        if (key !== undefined) this.#missed.put(key, message);
        this.#events.onUnstored({ id, key, rows, bytes: payload.byteLength });
        return;
      }
    }
  }

  /** Everything that was appended is on the disk when this settles, or was reported as lost. */
  async flush(): Promise<void> {
    if (this.#failure !== undefined && this.#retryAt < Infinity) await this.#goOn().catch((error) => this.#fail(error));
    this.#flushFiles();
    await this.#checkExistence();
    // The retained state in new files.
    this.#flushFiles();
    // Readers that open the recording after this call find whole groups of pictures.
    await this.#folder.settled();
  }

  #flushFiles(): void {
    this.#flushTimer.clear();
    try {
      for (const file of this.#log.files) (file as OpfsFile).flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Assigns an id to the oldest segment that was found. */
  claim(id: number): void {
    const next = this.#found.shift();
    if (next !== undefined) this.#log.adopt(next, id);
  }

  /** Ends the current segment. */
  seal(): void {
    this.#log.seal();
  }

  /** The oldest segment after an id. */
  async read(after: number): Promise<StoredSegment | undefined> {
    const segment = this.#log.read(after);
    if (segment === undefined) return undefined;
    const { name, bytes, rows = 0, firstId, lastId } = segment;
    try {
      // The segment may be about to be cut.
      await this.#folder.settled();
      return { rrd: await this.#folder.read(name, bytes), lastId };
    } catch (error) {
      this.#events.onWarning(`cannot read ${name} of ${this.#options.name}: ${messageOf(error)}; it is skipped`);
      this.#events.onEvicted({ firstId, lastId, bytes, rows, reason: "closed", isForced: false });
      return { rrd: new Uint8Array(), lastId };
    }
  }

  /** Messages up to this id are not needed any more. */
  release(id: number): void {
    this.#log.release(id);
  }

  /** Closes all files, and releases the lock. `isEmpty`: everything is removed. */
  async close(isEmpty: boolean): Promise<void> {
    clearInterval(this.#orphanTimer);
    await this.flush();
    this.#flushTimer.clear();
    try {
      this.#log.close(isEmpty);
      await this.#folder.close();
      const { name } = this.#folder.handle;
      if (isEmpty && this.#found.length === 0) await this.#parent.removeEntry(name, { recursive: true });
    } catch (error) {
      if (!isEmpty || !isMissing(error)) this.#fail(error);
    }
    this.#release();
  }

  async #start(): Promise<void> {
    const { segments, cutBytes } = await this.#folder.find();
    if (cutBytes > 0)
      this.#events.onWarning(
        `${cutBytes} bytes of an incomplete message were cut off at the end of ${this.#options.name}`,
      );
    if (this.#options.area === "recordings") return this.#continue(segments);
    this.#announce(segments);
    await this.#takeOrphans();
    this.#orphanTimer = setInterval(() => void this.#takeOrphans().catch(() => {}), ORPHAN_CHECK_MS);
  }

  /** Continues a recording. Its last segment is continued too, if there is room in it. */
  async #continue(segments: readonly FoundSegment[]): Promise<void> {
    for (const segment of segments) this.#log.adopt(segment, 0);
    const last = segments.at(-1);
    if (this.#options.onFull === "error" && last !== undefined && last.bytes < this.#options.segmentBytes / 2)
      this.#log.continue(await this.#folder.continue(last));
  }

  /** Takes over the data of pages that no longer exist. */
  async #takeOrphans(): Promise<void> {
    this.#announce(await this.#orphans.adopt(this.#parent, this.#folder));
  }

  #announce(segments: readonly FoundSegment[]): void {
    this.#found.push(...segments);
    for (const { bytes } of segments) this.#events.onFound(bytes);
  }

  get #separatesRetained(): boolean {
    return this.#options.onFull === "drop-oldest";
  }

  #newLog(): SegmentLog {
    const { segmentBytes, segmentMs, maxBytes, maxAgeMs } = this.#options;
    const separatesRetained = this.#separatesRetained;
    return new SegmentLog(this.#folder, {
      segmentBytes,
      segmentMs,
      maxBytes: separatesRetained ? maxBytes : Infinity,
      maxAgeMs,
      separatesRetained,
      onEvicted: (evicted: EvictedSegment) => this.#onEvicted(evicted),
    });
  }

  async #write(id: number, message: StoredMessage): Promise<void> {
    await this.#folder.prepare();
    this.#checkLimit(message.payload.byteLength);
    this.#log.append(message, id);
    this.#isFull = false;
    this.#flushTimer.add(message.payload.byteLength);
  }

  /**
   * Begins again if the files no longer exist, and returns whether it did. Writing to a file succeeds after its
   * removal, so its existence is the only proof that data is stored.
   */
  async #checkExistence(): Promise<boolean> {
    if (this.#retryAt === Infinity) return false;
    this.#checkedAt = performance.now();
    try {
      if (await this.#folder.has(this.#log.newestNames)) return false;
      await this.#startAgain();
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** Reports the data as lost, because somebody has removed it, and begins again with the retained state. */
  async #startAgain(): Promise<void> {
    const { bytes } = this.#log;
    const { name } = this.#options;
    this.#events.onWarning(
      `${bytes} bytes of ${name} are lost, because the data of this site was removed, for example by the user; ` +
        "it begins again",
    );
    this.#isLosing = true;
    const retained = this.#retained.inOrder;
    this.#log.lose("closed", this.#separatesRetained ? 0 : retained.reduce((sum, { rows }) => sum + rows, 0));
    this.#isLosing = false;
    this.#found = [];
    const folders = await createFolders(this.#options, this.#path, false);
    this.#parent = folders.parent;
    this.#folder = new OpfsFolder(folders.own, this.#separatesRetained ? ["data", "retained"] : ["data"]);
    this.#log = this.#newLog();
    for (const message of retained) await this.#write(0, message);
  }

  /** @throws {DOMException} as the browser does, if the recording must not become so large */
  #checkLimit(bytes: number): void {
    const { onFull, maxBytes } = this.#options;
    if (onFull === "error" && this.#log.bytes + bytes > maxBytes)
      throw new DOMException("`maxBytes` is reached", "QuotaExceededError");
  }

  /** Removes the oldest data, because the storage is full. Returns `false` if there is none, or if it must stay. */
  async #makeRoom(): Promise<boolean> {
    if (this.#options.onFull === "error") return false;
    if (!this.#isFull)
      this.#events.onWarning(`the storage for ${this.#options.name} is full: the oldest data is dropped`);
    this.#isFull = true;
    // A file that could not grow never will, so continue in the next one.
    this.#log.seal();
    const hasRoom = this.#log.evictOldest();
    await this.#folder.settled();
    return hasRoom;
  }

  #onEvicted({ name, rows, ...evicted }: EvictedSegment): void {
    const isForced = this.#isLosing || (this.#isFull && evicted.reason === "queue-full");
    const facts = { ...evicted, isForced };
    if (rows !== undefined || name === undefined) return this.#events.onEvicted({ ...facts, rows: rows ?? 0 });
    // The page counts the rows, because the worker has no decoder.
    this.#folder.beforeRemoval(async () => {
      const rrd = await this.#folder.read(name, facts.bytes);
      this.#events.onEvicted({ ...facts, rows: undefined, rrd });
    });
  }

  /** Notes and reports a failure. Only full storage is final, if the recording must not lose its oldest data. */
  #fail(error: unknown): void {
    if (this.#retryAt === Infinity) return;
    const isFirst = this.#failure === undefined;
    const isFull = isQuotaError(error);
    const { bytes } = this.#log;
    const kept = bytes === 0 ? "nothing is kept" : `${bytes} bytes of ${this.#options.name} are kept`;
    const reason = isFull ? "the storage is full" : messageOf(error);
    this.#failure = new StorageError(isFull ? "QUOTA" : "IO_ERROR", `${reason}; ${kept}`);
    this.#retryAt = isFull && this.#options.onFull === "error" ? Infinity : performance.now() + RETRY_MS;
    if (!isFirst) return;
    this.#flushFiles();
    try {
      // A file that could not be written may never grow again, so the next message begins another one.
      if (!isFull) this.#log.seal();
    } catch {
      // The first error is reported.
    }
    this.#events.onFailure(this.#failure);
  }

  /** Storing may work again: stores what was missed of the retained state. */
  async #goOn(): Promise<void> {
    await this.#folder.prepare();
    for (const message of this.#missed.inOrder) {
      await this.#write(0, message);
      if (message.retentionKey !== undefined) this.#retained.put(message.retentionKey, message);
    }
    this.#missed.clear();
    this.#failure = undefined;
    this.#events.onWorking();
  }
}
