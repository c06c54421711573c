import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import type { FsyncPolicy } from "./fsync-policy.ts";
import { writeFully } from "./write-fully.ts";

/** Longest time that written data may wait for the disk with the policy `"interval"`. */
const INTERVAL_MS = 1000;

/** Least interval of checks whether another program writes to the file, while small messages are written one by one. */
const CHECK_MS = 1;

/** The files of this thread that are open for writing, as `dev:ino`: two writers would overwrite each other's data. */
const openFiles = new Set<string>();

/** Reserves a file that was closed, so that no recording of this thread opens it. Returns what ends that. */
export function reserveFile(path: string): () => void {
  const { dev, ino } = statSync(path);
  const identity = `${dev}:${ino}`;
  openFiles.add(identity);
  return () => void openFiles.delete(identity);
}

/** The error for a file that another writer has open. */
export class FileInUseError extends Error {}

/** The error for a file that was removed while it was written. */
export class FileRemovedError extends Error {}

/**
 * A file that is written synchronously, and synchronized with its disk by a {@link FsyncPolicy}. Opening the file
 * leaves its contents unchanged, and `truncate` empties it. Pipes and devices, which have no positions, can be written
 * too.
 */
export class DurableFile {
  readonly path: string;
  /** Whether the file has positions and can be truncated. */
  readonly isRegular: boolean;
  /** Whether opening has created the file. */
  readonly isNew: boolean;
  /** Whether the file had contents when it was opened. */
  readonly hasContents: boolean;
  readonly #fd: number;
  readonly #policy: FsyncPolicy;
  readonly #identity: string;
  /** Size of the file, unless another program writes to it. */
  #size: number;
  #checkedAt = 0;
  #isOpen = true;
  /** Whether something was written since the last synchronization has begun. */
  #isDirty = false;
  #syncing: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #error: Error | undefined;

  /** @throws {Error} of the operating system if the file cannot be opened; {@link FileInUseError} */
  constructor(path: string, policy: FsyncPolicy) {
    this.path = path;
    this.#policy = policy;
    [this.#fd, this.isNew] = openOrCreate(path);
    const stats = fstatSync(this.#fd);
    this.isRegular = stats.isFile();
    this.hasContents = this.isRegular && stats.size > 0;
    this.#size = stats.size;
    this.#identity = `${stats.dev}:${stats.ino}`;
    if (this.isRegular && openFiles.has(this.#identity)) {
      closeSync(this.#fd);
      throw new FileInUseError("another recording of this program is writing to it");
    }
    openFiles.add(this.#identity);
    // Otherwise a loss of power could remove the name of the file, and with it all of its data.
    if (this.isNew && policy !== "never") syncFolder(dirname(path));
  }

  /** Whether the path now belongs to another file, or to none, because the file was removed or renamed. */
  get isGone(): boolean {
    if (!this.isRegular) return false;
    const stats = statSync(this.path, { throwIfNoEntry: false });
    return stats === undefined || `${stats.dev}:${stats.ino}` !== this.#identity;
  }

  /**
   * Checks that no other thread or process has written to the file, which its size reveals.
   * @throws {FileInUseError} {@link FileRemovedError}
   */
  check(): void {
    if (!this.isRegular) return;
    this.#checkedAt = performance.now();
    const { size, nlink } = fstatSync(this.#fd);
    if (nlink === 0) throw new FileRemovedError("it was removed while it was written");
    if (size !== this.#size) throw new FileInUseError("another program writes to it");
  }

  /** The same check, unless it was done just before, because it takes longer than writing a small message. */
  checkNowAndThen(): void {
    if (performance.now() - this.#checkedAt >= CHECK_MS) this.check();
  }

  /** Removes everything from `size` on. @throws {Error} of the operating system */
  truncate(size: number): void {
    if (this.isRegular) ftruncateSync(this.#fd, size);
    this.#size = size;
    this.#isDirty = true;
  }

  /**
   * Writes all pieces before it returns, at `position` if the file has positions. @throws {Error} of the operating
   * system
   */
  write(pieces: readonly Uint8Array[], position: number): void {
    writeFully(this.#fd, pieces, this.isRegular ? position : undefined);
    this.#size = position;
    for (const { byteLength } of pieces) this.#size += byteLength;
    this.#isDirty = true;
    if (this.#policy === "interval") this.#timer ??= setTimeout(() => this.#onInterval(), INTERVAL_MS).unref();
  }

  /** Settles when the data written so far may be acknowledged. Rejects with the error of the operating system. */
  async acknowledgeable(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    if (this.#policy !== "every-ack") return;
    // A synchronization that is in progress may have begun before the last write.
    await this.#syncing;
    await this.#sync();
  }

  /** Goes on after a failed synchronization that was reported: what is written from now on can be acknowledged. */
  goOn(): void {
    this.#error = undefined;
    this.#isDirty = true;
  }

  /**
   * Synchronizes the file as the policy requires, and closes it.
   * @throws {Error} of the operating system, after closing
   */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    openFiles.delete(this.#identity);
    clearTimeout(this.#timer);
    try {
      if (this.#policy !== "never" && this.#isDirty && this.isRegular) fdatasyncSync(this.#fd);
      if (this.#error !== undefined) throw this.#error;
    } finally {
      // The file descriptor must not be reused while a synchronization uses it.
      if (this.#syncing === undefined) closeSync(this.#fd);
      else void this.#syncing.finally(() => closeSync(this.#fd)).catch(() => {});
    }
  }

  /**
   * Closes the file after an error, and first removes everything from `size` on. Drops further errors, because the
   * first one is reported.
   */
  abandon(size?: number): void {
    try {
      if (size !== undefined) this.truncate(size);
    } catch {
      // The first error is reported, see above.
    }
    try {
      this.close();
    } catch {
      // The first error is reported, see above.
    }
  }

  #onInterval(): void {
    this.#timer = undefined;
    this.#sync().catch(() => {});
  }

  /** Synchronizes the data written so far. All callers during a wait share one synchronization. */
  async #sync(): Promise<void> {
    if (this.#syncing !== undefined) return this.#syncing;
    if (!this.#isDirty || !this.#isOpen || !this.isRegular) return;
    this.#isDirty = false;
    this.#syncing = new Promise<void>((resolve, reject) => {
      fdatasync(this.#fd, (error) => {
        this.#syncing = undefined;
        // Data that the disk has lost once stays lost, even if a later synchronization succeeds.
        if (error !== null) this.#error ??= error;
        if (error === null) resolve();
        else reject(error);
      });
    });
    this.#syncing.catch(() => {});
    return this.#syncing;
  }
}

/** Opens a file without changing it. Returns whether it had to be created. */
function openOrCreate(path: string): [fd: number, isNew: boolean] {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  try {
    return [openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o666), true];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // `O_CREAT`, because the file may be a symbolic link whose target does not exist yet.
    return [openSync(path, O_WRONLY | O_CREAT, 0o666), false];
  }
}

/** Synchronizes the names in a folder with its disk, if the system supports that. */
export function syncFolder(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    // Some systems cannot open folders, and offer no other way to synchronize them.
    return;
  }
  try {
    fsyncSync(fd);
  } catch {
    // Some systems cannot synchronize folders.
  } finally {
    closeSync(fd);
  }
}
