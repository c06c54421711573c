import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RandomAccess, RrdSource } from "@rerun-ts/arrow";
import { RerunError } from "@rerun-ts/core";
import { randomId } from "@rerun-ts/core/encode";
import { messageOf } from "@rerun-ts/core/checks";
import type { CountedPart } from "../replacements/counted-parts.ts";
import { fsStore } from "../store/fs-store.ts";
import type { ObjectStore } from "../store/object-store.ts";

const PIECE_BYTES = 8 * 1024 * 1024;
const SMALL_BYTES = 64 * 1024;
/** Names of copies beyond this are shortened: file systems have a limit of 255 bytes, keys of object storage do not. */
const MAX_NAME = 200;
const HASH_LENGTH = 16;
/** The names of copies that are being written. */
const DRAFT = /\.(?:rrd|rbl)\.[0-9a-f]+$/;
/**
 * The age without progress at which such a copy counts as left behind, because another keeper may use the folder, too.
 */
const MAX_DRAFT_MS = 3_600_000;

/** A part in a store. */
export type StoredPart = Omit<CountedPart, "modified">;

/** A part, or a layout, which has no recording. */
export type StoredFile = Pick<StoredPart, "key" | "size"> & Partial<Pick<StoredPart, "recordingId">>;

/** The files of the parts of a store: in a folder where the store is mounted, or to which parts are copied. */
export class PartFiles {
  readonly #store: Pick<ObjectStore, "url" | "read">;
  readonly #folder: string;
  readonly #isMounted: boolean;
  /** The names of the files in each folder with copies. Some of them may be gone. */
  readonly #folders = new Map<string, Promise<Set<string>>>();

  constructor(store: Pick<ObjectStore, "url" | "read">, folder: string, isMounted: boolean) {
    this.#store = store;
    this.#folder = folder;
    this.#isMounted = isMounted;
  }

  /**
   * Makes sure that the complete file of a part exists. Resolves to its URL.
   *
   * @throws {RerunError} `INVALID_FORMAT` if the part is damaged, `NOT_FOUND` if the mounted folder lacks the file, or
   * the error of the store
   */
  async prepare(part: StoredFile, signal: AbortSignal): Promise<string> {
    const path = this.#pathOf(part.key);
    const isNew = !this.#isMounted && !(await this.#namesIn(dirname(path))).has(basename(path));
    const size = isNew ? undefined : await checkFile(part, path);
    if (size !== part.size) {
      if (this.#isMounted)
        throw new RerunError(
          "NOT_FOUND",
          `${path} has ${size ?? "no file"}, and ${this.#store.url}/${part.key} ${part.size} bytes`,
        );
      const bytes = await this.#copy(part, path, signal);
      (await this.#namesIn(dirname(path))).add(basename(path));
      if (bytes === undefined) await checkFile(part, path);
      else await checkFooter(part, path, bytes);
    }
    return pathToFileURL(path).href;
  }

  /** Removes the copy of a part, if there is one. */
  async remove(key: string): Promise<void> {
    if (!this.#isMounted) await rm(this.#pathOf(key), { force: true });
  }

  /**
   * Removes copies that killed keepers have left: copies of needless parts, and incomplete copies.
   *
   * @param prefix the beginning of the keys to look at
   */
  async removeLeft(prefix: string, needless: Iterable<string>): Promise<void> {
    if (this.#isMounted) return;
    // Compares paths, because names may be shortened and then do not contain the key.
    const paths = new Set(Array.from(needless, (key) => this.#pathOf(key)));
    for await (const { key, modified } of fsStore(this.#folder).list(prefix)) {
      const path = join(this.#folder, key);
      const isLeftDraft = DRAFT.test(path) && Date.now() - (modified?.getTime() ?? Infinity) > MAX_DRAFT_MS;
      if (isLeftDraft || paths.has(path)) await rm(path, { force: true });
    }
  }

  /** The files that a keeper has left in a folder, which is created: looking for each of them takes longer. */
  #namesIn(folder: string): Promise<Set<string>> {
    let names = this.#folders.get(folder);
    if (names === undefined) {
      names = mkdir(folder, { recursive: true }).then(async () => new Set(await readdir(folder)));
      this.#folders.set(folder, names);
      names.catch(() => this.#folders.delete(folder));
    }
    return names;
  }

  #pathOf(key: string): string {
    const names = key.split("/");
    return join(this.#folder, ...(this.#isMounted ? names : names.map(shortName)));
  }

  /** Copies a part. Resolves to its bytes, if they were read in one piece. */
  async #copy({ key, size }: StoredFile, path: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    let whole: Uint8Array | undefined;
    const draft = `${path}.${randomId()}`;
    const file = await open(draft, "wx").catch((error: unknown) => {
      // The folder may have been removed.
      this.#folders.delete(dirname(path));
      throw error;
    });
    try {
      for (let at = 0; at < size;) {
        const piece = await this.#store.read(key, { offset: at, length: Math.min(PIECE_BYTES, size - at), signal });
        if (piece.byteLength === 0) throw new RerunError("SERVER", `${this.#store.url}/${key} has become shorter`);
        for (let written = 0; written < piece.byteLength;) written += (await file.write(piece, written)).bytesWritten;
        at += piece.byteLength;
        if (piece.byteLength === size) whole = piece;
      }
      await file.close();
      await rename(draft, path);
      return whole;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(draft, { force: true });
      throw error;
    }
  }
}

function shortName(name: string): string {
  if (name.length <= MAX_NAME) return name;
  return `${name.slice(0, MAX_NAME)}-${createHash("sha256").update(name).digest("hex").slice(0, HASH_LENGTH)}`;
}

/**
 * Checks the file of a part, if it has the expected size. Resolves to the size, or `undefined` if there is no file.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the file is damaged
 */
async function checkFile(part: StoredFile, path: string): Promise<number | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    if (size === part.size) await checkFooter(part, path, await accessTo(file, size));
    return size;
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a file. Small files are read in one piece, because the overhead of a call exceeds the time for their
 * bytes.
 */
async function accessTo(file: FileHandle, size: number): Promise<Uint8Array | RandomAccess> {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (let count = 1; at < length && count > 0; at += count)
      count = (await file.read(bytes, at, length - at, offset + at)).bytesRead;
    return bytes.subarray(0, at);
  };
  return size <= SMALL_BYTES ? read(0, size) : { size, read };
}

/** Checks the footer: the server reads a file without one into memory, and one damaged file refuses all others. */
async function checkFooter({ recordingId }: StoredFile, path: string, source: RrdSource): Promise<void> {
  const { openRrdParts } = await import("@rerun-ts/arrow");
  let file;
  try {
    file = await openRrdParts([source]);
  } catch (error) {
    throw new RerunError("INVALID_FORMAT", messageOf(error).replace("`sources[0]`", path), { cause: error });
  }
  const isIn = recordingId === undefined || file.recordings.some((recording) => recording.recordingId === recordingId);
  await file.close();
  if (!file.isLazy) {
    const [reason] = file.notices;
    throw new RerunError(
      "INVALID_FORMAT",
      `a server would believe the footer of ${path}: ${reason}; optimize the file`,
    );
  }
  if (!isIn) throw new RerunError("INVALID_FORMAT", `${path} has no recording ${JSON.stringify(recordingId)}`);
}
