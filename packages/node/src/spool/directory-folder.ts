import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import {
  completeLength,
  parseSegmentName,
  segmentName,
  sortSegments,
  withoutRanges,
  type CreatedSegment,
  type FoundSegment,
  type SegmentFolder,
  type SegmentKind,
  type SegmentBytes,
} from "@rerun-ts/core/storage";
import { DurableFile } from "../file/durable-file.ts";
import type { FsyncPolicy } from "../file/fsync-policy.ts";
import { writeFully } from "../file/write-fully.ts";

/** Whether an error says that a file does not exist, nor perhaps its folder. */
export function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The end of the name of a segment that is about to replace the one that it was made from. */
const NEW = ".new";

/** The segments of a spool in a folder of the file system. */
export class DirectoryFolder implements SegmentFolder<DurableFile> {
  readonly #path: string;
  readonly #fsync: FsyncPolicy;
  #nextNumber = 1;
  /** The files that could not be removed, for example because the folder is read-only. */
  readonly #unremoved = new Set<string>();

  constructor(path: string, fsync: FsyncPolicy) {
    this.#path = path;
    this.#fsync = fsync;
  }

  create(kind: SegmentKind): CreatedSegment<DurableFile> {
    for (;;) {
      const name = segmentName(kind, this.#nextNumber++);
      const file = new DurableFile(join(this.#path, name), this.#fsync);
      if (file.isNew) return { name, file };
      // Another program had the folder meanwhile.
      file.close();
    }
  }

  /** Removes a file, and those that could not be removed before. Never throws. */
  remove(name: string): void {
    this.#unremoved.add(name);
    for (const each of this.#unremoved) {
      try {
        unlinkSync(join(this.#path, each));
      } catch (error) {
        if (!isGone(error)) continue;
      }
      this.#unremoved.delete(each);
    }
  }

  cut(name: string, ranges: readonly SegmentBytes[], bytes: number): boolean {
    const path = join(this.#path, name);
    try {
      const fd = openSync(path + NEW, "w");
      try {
        writeFully(fd, withoutRanges(this.read(name, bytes), ranges), 0);
        if (this.#fsync !== "never") fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(path + NEW, path);
      return true;
    } catch {
      rmSync(path + NEW, { force: true });
      return false;
    }
  }

  /** The first bytes of a segment. */
  read(name: string, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const fd = openSync(join(this.#path, name), "r");
    try {
      const count = readSync(fd, bytes, 0, length, 0);
      return bytes.subarray(0, count);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * The segments that earlier programs have left, and how many bytes at their ends are incomplete messages.
   * @throws {RerunError} `UNSUPPORTED` if there is one of a later version. Then nothing is removed
   */
  find(): { readonly segments: readonly FoundSegment[]; readonly cutBytes: number } {
    let cutBytes = 0;
    const found = readdirSync(this.#path);
    const names = sortSegments(found.map((name) => ({ name })));
    for (const name of found)
      if (name.endsWith(NEW) && parseSegmentName(name.slice(0, -NEW.length)) !== undefined) this.remove(name);
    const segments = names.flatMap(({ name }): FoundSegment[] => {
      const path = join(this.#path, name);
      const contents = readFileSync(path);
      const bytes = completeLength(contents);
      cutBytes += contents.byteLength - bytes;
      this.#nextNumber = Math.max(this.#nextNumber, (parseSegmentName(name)?.number ?? 0) + 1);
      if (bytes === 0) unlinkSync(path);
      return bytes === 0 ? [] : [{ name, bytes, modifiedAt: statSync(path).mtimeMs }];
    });
    return { segments, cutBytes };
  }
}
