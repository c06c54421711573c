import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { importTable } from "@rerun-ts/import";
import { openRrd, plainRows } from "@rerun-ts/reading";
import { MemorySink, RecordingStream } from "@rerun-ts/core";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, test } from "vitest";

type Compress = (bytes: Uint8Array) => Uint8Array;

async function rowsOf(codec: "GZIP" | "BROTLI" | "LZ4", compress: Compress): Promise<number> {
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

/** A block of LZ4 with literals alone. */
function literals(bytes: Uint8Array): Uint8Array {
  const rest = bytes.byteLength - 15;
  const lengths = [...Array.from({ length: Math.floor(rest / 255) }, () => 255), rest % 255];
  return Uint8Array.of(0xf0, ...lengths, ...bytes);
}

/** Blocks of LZ4 as Hadoop writes them: each with its sizes. */
function hadoopBlocks(bytes: Uint8Array): Uint8Array {
  const half = Math.ceil(bytes.byteLength / 2);
  return Buffer.concat(
    [bytes.subarray(0, half), bytes.subarray(half)].flatMap((part) => {
      const block = literals(part);
      const sizes = Buffer.alloc(8);
      sizes.writeUInt32BE(part.byteLength, 0);
      sizes.writeUInt32BE(block.byteLength, 4);
      return [sizes, block];
    }),
  );
}

test("importTable decompresses the old codec LZ4, with and without the sizes of Hadoop", async () => {
  expect(await rowsOf("LZ4", literals)).toBe(5000);
  expect(await rowsOf("LZ4", hadoopBlocks)).toBe(5000);
  await expect(rowsOf("LZ4", () => new Uint8Array(30))).rejects.toThrow("damaged");
});

test("importTable keeps the bytes of columns of BSON", async () => {
  const columnData = [{ name: "x", data: [Uint8Array.of(5, 0, 0, 0, 0), Uint8Array.of(1)] }];
  const schema = [
    { name: "root", num_children: 1 },
    { name: "x", type: "BYTE_ARRAY", converted_type: "BSON", repetition_type: "REQUIRED" },
  ] as const;
  const file = new Uint8Array(parquetWriteBuffer({ columnData, schema: [...schema] }));
  const recording = new RecordingStream("table");
  const memory = recording.memoryRecording();
  await importTable(recording, file, {});
  const [row] = plainRows(
    await (await openRrd(memory.drainAsBytes())).recording().query({ index: "row_index" }).toTable(),
  );
  expect(row?.["/:x"]).toEqual([Uint8Array.of(5, 0, 0, 0, 0)]);
});

test("importTable reports wrong numbers in the headers of pages before memory is allocated for them", async () => {
  const columnData = [{ name: "x", data: Float64Array.from({ length: 300 }, (_, row) => row) }];
  const file = new Uint8Array(parquetWriteBuffer({ columnData, codec: "UNCOMPRESSED" }));
  // Every byte of the header of the page, which begins behind the magic bytes.
  for (let at = 4; at < 24; at++) {
    for (const bit of [1, 2, 4, 64, 128]) {
      const wrong = file.slice();
      wrong[at] = (wrong[at] as number) ^ bit;
      const recording = new RecordingStream("table");
      recording.memoryRecording();
      const end = await importTable(recording, wrong, {}).catch((error: unknown) => error);
      if (end instanceof Error) expect(String(end), `byte ${at}`).toMatch(/the Parquet file is damaged|unsupported/);
      else expect(end).toMatchObject({ rows: 300 });
    }
  }
});

test("importTable reports runs of levels and of values that are longer than their page", async () => {
  const data = Array.from({ length: 300 }, (_, row) => (row % 5 === 0 ? null : `text ${row % 3}`));
  for (const codec of ["UNCOMPRESSED", "SNAPPY"] as const) {
    const file = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "x", data, nullable: true }], codec }));
    let damaged = 0;
    for (let at = 4; at < 200; at++) {
      const wrong = file.slice();
      wrong[at] = 0xff;
      const recording = new RecordingStream("table");
      recording.memoryRecording();
      const end = await importTable(recording, wrong, {}).catch((error: unknown) => error);
      if (!(end instanceof Error)) continue;
      damaged++;
      expect(String(end), `${codec}, byte ${at}`).toMatch(/damaged|unsupported/);
    }
    expect(damaged).toBeGreaterThan(20);
  }
});
