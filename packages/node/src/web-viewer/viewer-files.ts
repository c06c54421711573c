import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { UnpackProgress } from "./serve-web-viewer-options.ts";

/** Good enough: a quarter of the time of the best, for a thirtieth more bytes. */
const GZIP_LEVEL = 6;
/** What is smaller, or of another kind, is not worth it. */
const COMPRESSED = /\.(?:html|js|wasm)$/;
/** Says that a folder is complete, and how it was made. */
const EDITION = "1";

/** A file of the web viewer. */
export interface ViewerFile {
  readonly name: string;
  readonly bytes: number;
  read(): Readable;
}

/** The files of one version of the web viewer. */
export interface ViewerFiles {
  /** Names this version among all others, as a part of a path. */
  readonly key: string;
  list(): Promise<readonly ViewerFile[]>;
}

/** Folders in which files may be kept for later, the best first. */
function cacheFolders(): string[] {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const own = XDG_CACHE_HOME ?? LOCALAPPDATA ?? (homedir() === "" ? undefined : join(homedir(), ".cache"));
  return [...(own === undefined ? [] : [own]), tmpdir()].map((folder) => join(folder, "rerun-ts", "web-viewer"));
}

/**
 * Puts the files of the web viewer into a folder, each as it is and compressed, unless they are there from an earlier time.
 * Returns the folder.
 */
export async function unpackViewer(
  files: ViewerFiles,
  onProgress: (progress: UnpackProgress) => void,
): Promise<string> {
  const folders = cacheFolders().map((folder) => join(folder, `${files.key}-${EDITION}`));
  for (const folder of folders) if (await isThere(folder)) return folder;
  let failure: unknown;
  for (const folder of folders) {
    try {
      return await unpackInto(folder, files, onProgress);
    } catch (error) {
      if (!isFileError(error)) throw error;
      // A folder that may not be written, or is full: there is another one.
      failure = error;
    }
  }
  throw failure;
}

async function unpackInto(
  folder: string,
  files: ViewerFiles,
  onProgress: (progress: UnpackProgress) => void,
): Promise<string> {
  await mkdir(dirname(folder), { recursive: true });
  // Whoever looks at the folder finds all of it or nothing, also when two programs unpack at once.
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
      if (!(await isThere(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function isThere(folder: string): Promise<boolean> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return names.includes("index.html");
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "path" in error;
}

/** A file on disk. */
export async function fileOnDisk(folder: string, name: string): Promise<ViewerFile> {
  const path = join(folder, name);
  const { size: bytes } = await stat(path);
  return { name, bytes, read: () => createReadStream(path) };
}

/** A file that is made here. */
export function textFile(name: string, text: string): ViewerFile {
  const bytes = Buffer.from(text);
  return { name, bytes: bytes.length, read: () => Readable.from([bytes]) };
}
