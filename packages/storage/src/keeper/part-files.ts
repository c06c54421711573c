import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RandomAccess, RrdSource } from "@rerun-ts/reading";
import { RerunError } from "@rerun-ts/core";
import { randomId } from "@rerun-ts/core/util";
import { nameOfPart, readPart } from "../parts/read-part.ts";
import type { CountedPart } from "../replacements/counted-parts.ts";
import { fsStore } from "../store/fs-store.ts";
import type { ObjectStore } from "../store/object-store.ts";

const PIECE_BYTES = 2 * 1024 * 1024;
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

export type StoredPart = Omit<CountedPart, "modified">;

/** A part, or a layout, which has no recording. */
export type StoredFile = Pick<StoredPart, "key" | "size" | "bundle" | "sha256"> &
  Partial<Pick<StoredPart, "recordingId">>;

/** The remedy for parts in bundles where the store is mounted. */
export const NO_FILE = "keep without `--mounted`, or ingest with `--no-bundles` and compact";

/** The files of the parts of a store: in a folder where the store is mounted, or to which parts are copied. */
export class PartFiles {
  readonly #store: Pick<ObjectStore, "url" | "read" | "head">;
  readonly #folder: string;
  readonly #isMounted: boolean;
  /** The names of the files in each folder with copies. Some of them may be gone. */
  readonly #folders = new Map<string, Promise<Set<string>>>();

  constructor(store: Pick<ObjectStore, "url" | "read" | "head">, folder: string, isMounted: boolean) {
    this.#store = store;
    this.#folder = folder;
    this.#isMounted = isMounted;
  }

  /** Whether a part can have a file: one in a bundle needs a copy. */
  canHave({ bundle }: Pick<StoredFile, "bundle">): boolean {
    return bundle === undefined || !this.#isMounted;
  }

  /**
   * Makes sure that the complete file of a part exists. Resolves to its URL.
   *
   * @param onPiece called for each piece that is copied
   * @throws {RerunError} `INVALID_FORMAT` if the part is damaged, `NOT_FOUND` if the mounted folder lacks the file,
   * `UNSUPPORTED` if it is in a bundle of a mounted folder, or the error of the store
   */
  async prepare(part: StoredFile, signal: AbortSignal, onPiece: () => void = () => {}): Promise<string> {
    if (!this.canHave(part))
      throw new RerunError("UNSUPPORTED", `${this.#store.url}/${nameOfPart(part)} has no file of its own: ${NO_FILE}`);
    const path = this.pathOf(part.key);
    const isNew = !this.#isMounted && !(await this.#namesIn(dirname(path))).has(basename(path));
    const size = isNew ? undefined : await this.#checkFile(part, path);
    if (size !== part.size) {
      if (this.#isMounted)
        throw new RerunError(
          "NOT_FOUND",
          `${path} has ${size ?? "no file"}, and ${this.#store.url}/${part.key} ${part.size} bytes`,
        );
      await this.#copy(part, path, onPiece, signal);
      (await this.#namesIn(dirname(path))).add(basename(path));
    }
    return pathToFileURL(path).href;
  }

  /** Checks a file that is there. A damaged copy is made again. */
  async #checkFile(part: StoredFile, path: string): Promise<number | undefined> {
    try {
      return await checkFile(part, path);
    } catch (error) {
      if (this.#isMounted) throw error;
      return undefined;
    }
  }

  urlOf(key: string): string {
    return pathToFileURL(this.pathOf(key)).href;
  }

  /** Removes the copy of a part, if there is one. */
  async remove(key: string): Promise<void> {
    if (!this.#isMounted) await rm(this.pathOf(key), { force: true });
  }

  /**
   * Removes copies that killed keepers have left: copies of needless parts, and incomplete copies.
   *
   * @param prefix the beginning of the keys to look at
   */
  async removeLeft(prefix: string, needless: Iterable<string>): Promise<void> {
    if (this.#isMounted) return;
    // Compares paths, because names may be shortened and then do not contain the key.
    const paths = new Set(Array.from(needless, (key) => this.pathOf(key)));
    for await (const { key, modified } of fsStore(this.#folder).list(prefix)) {
      const path = join(this.#folder, key);
      const isLeftDraft = DRAFT.test(path) && Date.now() - (modified?.getTime() ?? Infinity) > MAX_DRAFT_MS;
      if (isLeftDraft || paths.has(path)) await rm(path, { force: true });
    }
  }

  /** The keys below a prefix of which there may be copies. Those with shortened names are not among them. */
  async *keysLeft(prefix: string): AsyncGenerator<string> {
    if (this.#isMounted) return;
    for await (const { key } of fsStore(this.#folder).list(prefix)) yield key;
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

  pathOf(key: string): string {
    const names = key.split("/");
    return join(this.#folder, ...(this.#isMounted ? names : names.map(shortName)));
  }

  /** Copies a part, which gets its name in the folder after all of it was checked. */
  async #copy(part: StoredFile, path: string, onPiece: () => void, signal: AbortSignal): Promise<void> {
    const draft = `${path}.${randomId()}`;
    const file = await open(draft, "wx").catch((error: unknown) => {
      // The folder may have been removed.
      this.#folders.delete(dirname(path));
      throw error;
    });
    try {
      const { whole, sha256 } = await this.#read(part, file, onPiece, signal);
      await file.close();
      if (whole === undefined) await checkFile(part, draft);
      else await checkFooter(part, whole);
      await this.#checkContents(part, draft, sha256, signal);
      await rename(draft, path);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Writes a part into a file. Resolves to its hash, and to its bytes if they were read in one piece. */
  async #read(
    part: StoredFile,
    file: FileHandle,
    onPiece: () => void,
    signal: AbortSignal,
  ): Promise<{ readonly whole: Uint8Array | undefined; readonly sha256: string }> {
    let whole: Uint8Array | undefined;
    const hash = createHash("sha256");
    const { size } = part;
    for (let offset = 0; offset < size;) {
      const length = Math.min(PIECE_BYTES, size - offset);
      const piece = await readPart(this.#store, part, { offset, length, signal });
      if (piece.byteLength === 0)
        throw new RerunError("SERVER", `${this.#store.url}/${nameOfPart(part)} has become shorter`);
      hash.update(piece);
      for (let written = 0; written < piece.byteLength;) written += (await file.write(piece, written)).bytesWritten;
      offset += piece.byteLength;
      onPiece();
      if (piece.byteLength === size) whole = piece;
    }
    return { whole, sha256: hash.digest("hex") };
  }

  /**
   * Compares the bytes with the hash that the commit or the store has, or verifies all chunks if there is none. The
   * server would find the damage only in queries, which then fail for the whole dataset.
   */
  async #checkContents(part: StoredFile, path: string, sha256: string, signal: AbortSignal): Promise<void> {
    const expected = part.sha256 ?? (await this.#store.head(part.key, { signal }))?.sha256;
    if (expected !== undefined) {
      if (expected === sha256) return;
      throw new RerunError("INVALID_FORMAT", "it is damaged: its bytes do not have the SHA-256 of its upload");
    }
    if (part.recordingId === undefined) return;
    const { verifyRrd } = await import("@rerun-ts/reading");
    const [problem] = (await verifyRrd(path, { signal })).problems;
    if (problem === undefined) return;
    const where = problem.offset === undefined ? "" : ` at byte ${problem.offset}`;
    throw new RerunError("INVALID_FORMAT", `it is damaged${where}: ${problem.reason}`);
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
    if (size === part.size) await checkFooter(part, await accessTo(file, size));
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
async function checkFooter({ key, recordingId }: StoredFile, source: RrdSource): Promise<void> {
  const { openRrdParts } = await import("@rerun-ts/reading");
  let file;
  try {
    file = await openRrdParts([source]);
  } catch (error) {
    // A file that cannot be read now is not damaged.
    const { code, message } = RerunError.from(error, "IO_ERROR");
    throw new RerunError(code, message.replace("`sources[0]`", key), { cause: error });
  }
  const others = file.recordings.filter((recording) => recording.recordingId !== recordingId);
  const isIn = recordingId === undefined || file.recordings.length > others.length;
  await file.close();
  if (!file.isLazy) {
    const [reason] = file.notices;
    throw new RerunError("INVALID_FORMAT", `a server would believe the footer of ${key}: ${reason}; optimize the file`);
  }
  if (!isIn) throw new RerunError("INVALID_FORMAT", `${key} has no recording ${JSON.stringify(recordingId)}`);
  // A server would register all recordings of the file. Whoever wrote it may only be allowed to write its own.
  if (others.length > 0)
    throw new RerunError(
      "INVALID_FORMAT",
      `${key} is ${recordingId === undefined ? "a layout" : `of the recording ${JSON.stringify(recordingId)}`}, and has others: ${JSON.stringify(others[0]?.recordingId)}`,
    );
}
