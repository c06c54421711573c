import { Buffer } from "node:buffer";
import { open, readdir, type FileHandle } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { fromBytes, type OpenSource } from "../source/random-access.ts";

/** Closes the files that a program forgets to close. Node 25 and later throw when they collect an open handle. */
const forgotten = new FinalizationRegistry<FileHandle>((handle) => void handle.close().catch(() => undefined));

/**
 * Opens a file of Node, only parts of which are read, or a pipe, which is collected in memory. Rejects with `NOT_FOUND`
 * if there is none, and with `IO_ERROR` if it cannot be read. Reads after `close` reject with `CLOSED`. A file is
 * closed at the latest when its source is garbage-collected.
 */
export async function openPath(path: string | URL): Promise<OpenSource> {
  const handle = await failing(path, open(path, "r"));
  const stats = await failing(path, handle.stat()).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  if (stats.isFIFO()) return collectPipe(path, handle);
  const { size } = stats;
  // All methods refer to this object, so it is collected when none of them can be called any more.
  const file = { handle };
  forgotten.register(file, handle, file);
  const readInto = async (target: Uint8Array, start: number): Promise<void> => {
    const length = target.byteLength;
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await failing(path, file.handle.read(target, filled, length - filled, start + filled));
      if (bytesRead === 0) throw new RerunError("IO_ERROR", `${String(path)} became shorter while it was read`);
      filled += bytesRead;
    }
  };
  return {
    size,
    async read(start, length) {
      // Not zeroed, because reading fills the whole memory.
      const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
      await readInto(bytes, start);
      return bytes;
    },
    readInto,
    descriptor: handle.fd,
    close() {
      forgotten.unregister(file);
      return file.handle.close();
    },
  };
}

/**
 * The paths of the `.rrd` files in a folder, sorted by name: the parts of `saveParts` in the order in which they were
 * begun. Rejects with `NOT_FOUND` if the folder does not exist or has no `.rrd` file.
 */
export async function rrdPathsIn(folder: string | URL): Promise<string[]> {
  const path = typeof folder === "string" ? folder : fileURLToPath(folder);
  const names = (await failing(path, readdir(path))).filter((name) => name.endsWith(".rrd")).sort();
  if (names.length === 0) throw new RerunError("NOT_FOUND", `there is no .rrd file in ${path}`);
  return names.map((name) => `${path.replace(/[/\\]+$/, "")}/${name}`);
}

/** The contents of a pipe, such as `<(…)` of a shell: it can be read once, from its beginning, and its size is 0. */
async function collectPipe(path: string | URL, handle: FileHandle): Promise<OpenSource> {
  try {
    const { buffer, byteOffset, byteLength } = await failing(path, handle.readFile());
    return fromBytes(new Uint8Array(buffer, byteOffset, byteLength));
  } finally {
    await handle.close();
  }
}

async function failing<T>(path: string | URL, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "EBADF")
      throw new RerunError("CLOSED", `${String(path)} was closed before it was read`, { cause: error });
    throw new RerunError(
      code === "ENOENT" ? "NOT_FOUND" : "IO_ERROR",
      `cannot read ${String(path)}: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
