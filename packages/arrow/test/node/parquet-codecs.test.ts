import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { importTable } from "@rerun-ts/arrow";
import { MemorySink, RecordingStream } from "@rerun-ts/core";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";

type Compress = (bytes: Uint8Array) => Uint8Array;

async function rowsOf(codec: "GZIP" | "BROTLI", compress: Compress): Promise<number> {
  const columnData = [{ name: "x", data: Float64Array.from({ length: 5000 }, (_, row) => row % 7) }];
  const file = new Uint8Array(parquetWriteBuffer({ columnData, codec, compressors: { [codec]: compress } }));
  const recording = new RecordingStream("table");
  await recording.setSinks([new MemorySink()]);
  return (await importTable(recording, file, {})).rows;
}

test("importTable decompresses gzip and Brotli on Node", async () => {
  expect(await rowsOf("GZIP", gzipSync)).toBe(5000);
  expect(await rowsOf("GZIP", deflateSync)).toBe(5000);
  expect(await rowsOf("BROTLI", brotliCompressSync)).toBe(5000);
  await expect(rowsOf("GZIP", (bytes) => gzipSync(Buffer.concat([bytes, bytes])))).rejects.toThrow("damaged");
  await expect(rowsOf("BROTLI", () => new Uint8Array(9).fill(255))).rejects.toThrow("the Parquet file is damaged");
});
