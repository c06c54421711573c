import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { checkOwner, openCacheFolder, cacheFolders } from "./cache-folder.ts";
import type { UnpackProgress } from "./serve-web-viewer-options.ts";

/** The level of compression: a quarter of the time of the highest one, for 3 % more bytes. */
const GZIP_LEVEL = 6;
/** The files that are worth compressing. */
const COMPRESSED = /\.(?:html|js|wasm)$/;
/** The version of the layout of unpacked folders, part of their names. */
const EDITION = "3";

/** A file of the web viewer. */
export interface ViewerFile {
  readonly name: string;
  readonly bytes: number;
  read(): Readable;
}

/** The files of one version of the web viewer. */
export interface ViewerFiles {
  /** A unique name of this version, as part of a path. */
  readonly key: string;
  list(): Promise<readonly ViewerFile[]>;
  /** Removes the temporary files of `list`, after unpacking. */
  release?(): Promise<void>;
}

/**
 * Unpacks the files of the web viewer into a cache folder, with a compressed copy of each, unless they were unpacked
 * before. Returns the folder. Rejects with `IO_ERROR` if no cache folder can be written.
 */
export async function unpackViewer(
  files: ViewerFiles,
  onProgress: (progress: UnpackProgress) => void,
): Promise<string> {
  const failures: unknown[] = [];
  for (const cache of cacheFolders("web-viewer")) {
    try {
      const folder = join(openCacheFolder(cache), `${files.key}-${EDITION}`);
      return (await isUnpacked(folder)) ? folder : await unpackInto(folder, files, onProgress);
    } catch (error) {
      if (!isFileError(error)) throw error;
      // The folder is not writable, belongs to another user, or the disk is full: try the next folder.
      failures.push(error);
    }
  }
  const reasons = failures.map(messageOf).join("; ");
  throw new RerunError("IO_ERROR", `cannot unpack the web viewer: ${reasons}`, { cause: failures[0] });
}

async function unpackInto(
  folder: string,
  files: ViewerFiles,
  onProgress: (progress: UnpackProgress) => void,
): Promise<string> {
  // Renaming makes the folder appear as a whole, even if two programs unpack at the same time.
  const temporary = await mkdtemp(`${folder}.`);
  try {
    const list = await files.list();
    const totalBytes = list.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    for (const file of list) {
      const path = join(temporary, file.name);
      await pipeline(file.read(), createWriteStream(path));
      const count = new Transform({
        transform(piece: Buffer, _encoding, callback: TransformCallback): void {
          onProgress({ bytes: (done += piece.length), totalBytes });
          callback(null, piece);
        },
      });
      if (COMPRESSED.test(file.name))
        await pipeline(
          createReadStream(path),
          count,
          createGzip({ level: GZIP_LEVEL }),
          createWriteStream(`${path}.gz`),
        );
      else onProgress({ bytes: (done += file.bytes), totalBytes });
    }
    await rename(temporary, folder).catch(async (error: unknown) => {
      if (!(await isUnpacked(folder))) throw error;
    });
    return folder;
  } finally {
    await files.release?.();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Whether a folder contains the files. Rejects with `IO_ERROR` if it belongs to another user. */
async function isUnpacked(folder: string): Promise<boolean> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  if (!names.includes("index.html")) return false;
  checkOwner(folder);
  return true;
}

function isFileError(error: unknown): boolean {
  if (error instanceof RerunError) return error.code === "IO_ERROR";
  return error instanceof Error && "syscall" in error && "path" in error;
}

export async function fileOnDisk(folder: string, name: string): Promise<ViewerFile> {
  const path = join(folder, name);
  const { size: bytes } = await stat(path);
  return { name, bytes, read: () => createReadStream(path) };
}

/** A file with generated contents. */
export function textFile(name: string, text: string): ViewerFile {
  return bytesFile(name, Buffer.from(text));
}

/** A file with contents in memory. */
export function bytesFile(name: string, bytes: Uint8Array): ViewerFile {
  return { name, bytes: bytes.length, read: () => Readable.from([bytes]) };
}
