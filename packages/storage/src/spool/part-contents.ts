import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { RerunError, type StoreId } from "@rerun-ts/core";
import { reusedPieces } from "../store/file-source.ts";

const HEAD_BYTES = 4096;
const BLOCK_BYTES = 1024 * 1024;

/** The hash of a file, as hexadecimal digits. */
export async function hashOf(path: string, algorithm: "md5" | "sha256"): Promise<string> {
  const hash = createHash(algorithm);
  for await (const piece of reusedPieces(path)) hash.update(piece);
  return hash.digest("hex");
}

/** The id of the store in a file, from its first message. @throws {RerunError} `INVALID_FORMAT` */
export async function readStoreId(path: string): Promise<StoreId> {
  const { RrdDecoder } = await import("@rerun-ts/core/rrd");
  const decoder = new RrdDecoder();
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size;) {
      const piece = new Uint8Array(HEAD_BYTES);
      const { bytesRead } = await file.read(piece, 0, HEAD_BYTES, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      for (const message of decoder.push(piece.subarray(0, bytesRead)))
        if (message.kind !== "end") return message.storeId;
    }
  } finally {
    await file.close();
  }
  throw new RerunError("INVALID_FORMAT", `${path} has no message`);
}

/** Loads a function that counts the rows with times in a part, without waiting. Damaged messages do not count. */
export async function rowCounter(): Promise<(path: string) => number> {
  const { ManifestReader, RrdDecoder } = await import("@rerun-ts/core/rrd");
  return (path) => {
    let rows = 0;
    try {
      const [decoder, manifests] = [new RrdDecoder(), new ManifestReader()];
      for (const block of blocksOf(path)) {
        for (const message of decoder.push(block)) {
          if (message.kind !== "chunk") continue;
          const { manifest } = manifests.read(message.readArrow());
          if (manifest.timelines.length > 0) rows += manifest.rows;
        }
      }
    } catch {
      // Nothing after the damage can be counted.
    }
    return rows;
  };
}

function* blocksOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const block = new Uint8Array(BLOCK_BYTES);
      const count = readSync(file, block);
      if (count === 0) return;
      yield block.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}
