import { openSync, readFileSync, readSync, closeSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import {
  completeLength,
  parseSegmentName,
  segmentName,
  sortSegments,
  type CreatedSegment,
  type FoundSegment,
  type SegmentFolder,
  type SegmentKind,
} from "@rerun-ts/core/storage";
import { DurableFile } from "../file/durable-file.ts";
import type { FsyncPolicy } from "../file/fsync-policy.ts";

/** The segments of a spool in a folder of the file system. */
export class DirectoryFolder implements SegmentFolder<DurableFile> {
  readonly #path: string;
  readonly #fsync: FsyncPolicy;
  #nextNumber = 1;

  constructor(path: string, fsync: FsyncPolicy) {
    this.#path = path;
    this.#fsync = fsync;
  }

  create(kind: SegmentKind): CreatedSegment<DurableFile> {
    const name = segmentName(kind, this.#nextNumber++);
    return { name, file: new DurableFile(join(this.#path, name), this.#fsync) };
  }

  remove(name: string): void {
    try {
      unlinkSync(join(this.#path, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
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

  /** The segments that earlier programs have left, and how many bytes at their ends are incomplete messages. */
  find(): { readonly segments: readonly FoundSegment[]; readonly cutBytes: number } {
    let cutBytes = 0;
    const names = sortSegments(readdirSync(this.#path).map((name) => ({ name })));
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
