import { Buffer } from "node:buffer";
import { open } from "node:fs/promises";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import type { OpenSource } from "../source/random-access.ts";

/**
 * Opens a file of Node, only parts of which are read. Rejects with `NOT_FOUND` if there is none, and with `IO_ERROR` if
 * it cannot be read.
 */
export async function openPath(path: string | URL): Promise<OpenSource> {
  const handle = await failing(path, open(path, "r"));
  const { size } = await failing(path, handle.stat());
  const readInto = async (target: Uint8Array, start: number): Promise<void> => {
    const length = target.byteLength;
    let at = 0;
    while (at < length) {
      const { bytesRead } = await failing(path, handle.read(target, at, length - at, start + at));
      if (bytesRead === 0) throw new RerunError("IO_ERROR", `${String(path)} became shorter while it was read`);
      at += bytesRead;
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
    close: () => handle.close(),
  };
}

async function failing<T>(path: string | URL, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    const code = (error as { code?: unknown }).code === "ENOENT" ? "NOT_FOUND" : "IO_ERROR";
    throw new RerunError(code, `cannot read ${String(path)}: ${messageOf(error)}`, { cause: error });
  }
}
