import { RerunError } from "@rerun-ts/core";
import { nativeZstd } from "#native-zstd";
import { decompress } from "fzstd";
import { lz4FrameDecode } from "../../ipc/lz4-frame.ts";
import type { McapChunkHeader } from "./records.ts";

/** No codec shrinks data further in practice: more is taken for damage, before memory is allocated. */
const MAX_RATIO = 100_000;

/**
 * The records of a chunk.
 * @throws {RerunError} `INVALID_FORMAT` if they are damaged, `UNSUPPORTED` if they are compressed in another way
 */
export function decompressChunk({ compression, records, uncompressedSize }: McapChunkHeader): Uint8Array {
  if (compression === "") return records;
  if (uncompressedSize === 0) return new Uint8Array(0);
  if (compression === "lz4") return lz4FrameDecode(records, uncompressedSize);
  if (compression !== "zstd")
    throw new RerunError("UNSUPPORTED", `the chunk is compressed by ${JSON.stringify(compression)}, not zstd or lz4`);
  if (uncompressedSize <= records.byteLength * MAX_RATIO) {
    try {
      const bytes = nativeZstd?.(records, uncompressedSize) ?? decompress(records, new Uint8Array(uncompressedSize));
      if (bytes.byteLength === uncompressedSize) return bytes;
    } catch (error) {
      throw new RerunError("INVALID_FORMAT", "the zstd compression of a chunk is damaged", { cause: error });
    }
  }
  throw new RerunError("INVALID_FORMAT", "the zstd compression of a chunk is damaged");
}
