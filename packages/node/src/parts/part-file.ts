import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { EncodedMessage, StoreId } from "@rerun-ts/core";
import { RrdWriter } from "@rerun-ts/core/encode";
import { DurableFile, FileInUseError, FileRemovedError, syncFolder } from "../file/durable-file.ts";
import type { FsyncPolicy } from "../file/fsync-policy.ts";
import { WriteBuffer } from "../file/write-buffer.ts";
import { DirectoryLock } from "../spool/directory-lock.ts";
import { LOCK, OPEN, parsePartName, partName, partStem } from "./part-name.ts";

/** A part that is being written. Its methods throw the errors of the operating system, and of {@link DurableFile}. */
export class PartFile {
  /** The number in the name of the part. */
  readonly number: number;
  /** The path of the complete part. */
  readonly path: string;
  /** The bytes of new messages, and the bytes of messages repeated from earlier parts. */
  newBytes = 0;
  repeatedBytes = 0;
  /** The number of new rows in the part, without repeated ones. */
  rows = 0;
  /** Whether the part has more than a store info, because Rerun rejects a recording without chunks. */
  hasData = false;
  /** Whether the part has static data. */
  hasStatics = false;
  /** The videos in the part that continue after their last key frame. */
  readonly videos: Set<string> = new Set();
  readonly #folder: string;
  readonly #fsync: FsyncPolicy;
  readonly #file: DurableFile;
  readonly #lock: DirectoryLock;
  readonly #rrd = new RrdWriter({ maxFooterBytes: Infinity, allowConflicts: true });
  /** Small messages of one flush, which are written together. */
  readonly #held = new WriteBuffer();
  #isDone = false;

  /**
   * Creates the next part of a store. Other programs may create parts of the same store at the same time: the lock of a
   * part is taken before it is created, so each number is used once.
   *
   * @param after the number of the last part of this program
   */
  constructor(folder: string, storeId: StoreId, after: number, fsync: FsyncPolicy) {
    this.#folder = folder;
    this.#fsync = fsync;
    for (let number = after + 1; ; number++) {
      const name = partName(storeId, number);
      const path = join(folder, name);
      if (existsSync(path) || existsSync(path + OPEN)) continue;
      const lock = DirectoryLock.create(folder, name + LOCK);
      if (lock === undefined) continue;
      const file = existsSync(path) ? undefined : createOpen(path + OPEN, fsync, lock);
      if (file === undefined) {
        // Another program was faster and has finished this part.
        lock.release();
        continue;
      }
      [this.number, this.path, this.#lock, this.#file] = [number, path, lock, file];
      break;
    }
    try {
      this.#file.write([this.#rrd.header()], 0);
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** The length so far. */
  get bytes(): number {
    return this.#rrd.position;
  }

  /** The approximate number of bytes of the footer while it is made. */
  get footerBytes(): number {
    return this.#rrd.footerBytes;
  }

  /** Whether the path now belongs to another file, or to none. */
  get isGone(): boolean {
    try {
      return this.#file.isGone;
    } catch {
      // The folder cannot be read any more.
      return true;
    }
  }

  /** Whether the data that was written is lost by an error of any part: only one is written by another program. */
  isLost(error: unknown): boolean {
    return error instanceof FileInUseError || (error instanceof FileRemovedError && this.isGone);
  }

  /** The rows and bytes that are held back. */
  get held(): { readonly rows: number; readonly bytes: number } {
    return { rows: this.#held.rows, bytes: this.#held.payloadBytes };
  }

  /** Writes a message of an earlier part. */
  repeat(message: EncodedMessage): void {
    this.#write(message);
    this.repeatedBytes += message.payload.byteLength;
  }

  /** Writes a message. If writing fails, the part ends before this message, or before the buffered ones. */
  write(message: EncodedMessage, isMoreExpected: boolean): void {
    this.#held.isHolding = isMoreExpected;
    this.#write(message);
    this.newBytes += message.payload.byteLength;
    this.hasData ||= message.kind !== "storeInfo";
    this.rows += message.manifest?.rows ?? 0;
  }

  /** Writes the buffered messages. */
  writeHeld(): void {
    const { bytes, position } = this.#held;
    if (bytes.byteLength === 0) return;
    this.#file.check();
    this.#attempt([bytes], position);
    this.#held.clear();
  }

  /** Settles when the whole part is in the file, and on the disk as the policy requires. */
  async flush(): Promise<void> {
    this.writeHeld();
    this.#file.check();
    await this.#file.acknowledgeable();
  }

  /** Writes the footer, and gives the part its name. */
  finish(): void {
    if (this.#isDone) return;
    this.writeHeld();
    this.#file.check();
    const { position } = this.#rrd;
    this.#attempt([this.#rrd.finish()], position);
    this.#isDone = true;
    try {
      // The data must be on the disk, as the policy requires, before the part gets its name.
      this.#file.close();
      if (existsSync(this.path)) throw new FileInUseError("another program has created it");
      renameSync(this.path + OPEN, this.path);
      if (this.#fsync !== "never") syncFolder(this.#folder);
    } finally {
      this.#lock.release();
    }
  }

  /** Closes the part after an error, without the buffered messages. The part is sealed later. */
  abandon(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#file.abandon();
    releaseQuietly(this.#lock);
  }

  /** Removes the part, of which nothing is needed. */
  discard(): void {
    this.#isDone = true;
    this.#file.abandon();
    rmSync(this.path + OPEN, { force: true });
    releaseQuietly(this.#lock);
  }

  #write(message: EncodedMessage): void {
    this.hasStatics ||= message.isStatic && message.kind === "chunk";
    const { position } = this.#rrd;
    const header = this.#rrd.frame(message);
    if (this.#held.add(message, header, position) !== undefined) return;
    this.writeHeld();
    this.#file.checkNowAndThen();
    this.#attempt([header, message.payload], position);
  }

  /** Writes at a position. If writing fails, truncates the file to that position. */
  #attempt(pieces: readonly Uint8Array[], position: number): void {
    try {
      this.#file.write(pieces, position);
    } catch (error) {
      this.#isDone = true;
      this.#file.abandon(position);
      releaseQuietly(this.#lock);
      throw error;
    }
  }
}

/** The number of the last part of a store in a folder, or 0 if there is none. */
export function lastPartNumber(folder: string, storeId: StoreId): number {
  const stem = partStem(storeId);
  let last = 0;
  for (const text of readdirSync(folder)) {
    const found = parsePartName(text);
    if (found?.stem === stem) last = Math.max(last, found.number);
  }
  return last;
}

/** Creates the file of a part whose lock this process holds. Returns `undefined` if the file exists. */
function createOpen(path: string, fsync: FsyncPolicy, lock: DirectoryLock): DurableFile | undefined {
  try {
    const file = new DurableFile(path, fsync);
    if (file.isNew) return file;
    file.close();
  } catch (error) {
    if (error instanceof FileInUseError) return undefined;
    releaseQuietly(lock);
    throw error;
  }
  return undefined;
}

/** Releases a lock whose folder may be gone. */
function releaseQuietly(lock: DirectoryLock): void {
  try {
    lock.release();
  } catch {
    // The caller reports the failure.
  }
}
