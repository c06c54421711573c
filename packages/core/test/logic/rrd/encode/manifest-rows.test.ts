import { fromBinary } from "@bufbuild/protobuf";
import { tableFromIPC, type Table } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { DataframePartSchema } from "../../../../dist/gen/rerun/common/v1alpha1/common_pb.js";
import { readDataframePart } from "../../../../dist/rrd/decode/dataframe-part.js";
import type { ChunkManifest, EncodedMessage, ManifestRange } from "../../../../dist/rrd/encode/encoded-message.js";
import { ManifestRows, type ManifestColumnKey } from "../../../../dist/rrd/encode/manifest-rows.js";
import type { Timeline } from "../../../../dist/time/timeline.js";

const FRAME: Timeline = { name: "frame", kind: "sequence" };
const TIME: Timeline = { name: "time", kind: "timestamp" };
const KEYS: readonly ManifestColumnKey[] = ["a", "b", "c"].map((component, index) => ({
  descriptor: { component },
  index,
}));

/** 64-bit integers in halves. */
function rangeOf([start, end]: readonly [bigint, bigint]): ManifestRange {
  const halves = (value: bigint) => ({ lo: Number(value & 0xffffffffn) | 0, hi: Number(value >> 32n) });
  return { start: halves(start), end: halves(end) };
}

interface Component {
  readonly key: number;
  /** How many rows have it. */
  readonly rows: number;
  /** Its range on each timeline, if it is not that of the chunk. */
  readonly ranges?: readonly (readonly [bigint, bigint])[];
}

interface ChunkRow {
  readonly path?: string;
  readonly rows?: number;
  readonly ranges?: readonly (readonly [Timeline, readonly [bigint, bigint]])[];
  readonly components?: readonly Component[];
  readonly isStatic?: boolean;
}

function add(
  table: ManifestRows,
  { path = "/x", rows = 1, ranges = [], components = [], isStatic = false }: ChunkRow,
  offset = 0,
  size = 7,
): void {
  const message = {
    isStatic,
    payload: { byteLength: size },
    chunkId: { timeHi: 0x01020304, timeLo: 5, incHi: 6, incLo: 0xfffefdfc },
  } as EncodedMessage;
  const manifest: ChunkManifest = {
    entityPath: path,
    rows,
    uncompressedSize: 2 * size,
    timelines: ranges.map(([timeline]) => timeline),
    ranges: ranges.map(([, range]) => rangeOf(range)),
    components: components.map(({ key, rows: own, ranges: ownRanges = [] }) => ({
      descriptor: { component: String(key) },
      arrow: { type: "Float64" },
      rows: own,
      isEmpty: false,
      ranges: ownRanges.map(rangeOf),
    })),
  };
  table.add(
    message,
    manifest,
    components.map(({ key }) => KEYS[key] as ManifestColumnKey),
    offset,
  );
}

function finish(table: ManifestRows, timelines: readonly Timeline[], keys = KEYS): Table {
  const part = fromBinary(DataframePartSchema, table.finish(timelines, keys).finish());
  return tableFromIPC(readDataframePart(part));
}

function column(table: Table, name: string): unknown[] | undefined {
  const values = table.getChild(name);
  return values === null ? undefined : Array.from(values as Iterable<unknown>);
}

describe("the rows of a manifest", () => {
  it("have the place and the size of each chunk, beyond 4 GiB too", () => {
    const rows = new ManifestRows();
    add(rows, { path: "/a", rows: 3 }, 5, 11);
    add(rows, { path: "/b", rows: 2 ** 33 + 1, isStatic: true }, 2 ** 40 + 7, 2 ** 32 + 9);
    const table = finish(rows, [], []);
    expect(table.numRows).toBe(2);
    expect(column(table, "chunk_entity_path")).toEqual(["/a", "/b"]);
    expect(column(table, "chunk_is_static")).toEqual([false, true]);
    expect(column(table, "chunk_num_rows")).toEqual([3n, 2n ** 33n + 1n]);
    expect(column(table, "chunk_byte_offset")).toEqual([5n, 2n ** 40n + 7n]);
    expect(column(table, "chunk_byte_size")).toEqual([11n, 2n ** 32n + 9n]);
    expect(column(table, "chunk_byte_size_uncompressed")).toEqual([22n, 2n ** 33n + 18n]);
    for (const id of column(table, "chunk_id") ?? [])
      expect([...(id as Uint8Array)]).toEqual([1, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6, 255, 254, 253, 252]);
    expect(table.schema.fields.some(({ nullable }) => nullable)).toBe(false);
  });

  it("have the range of a chunk on each of its timelines, null on others", () => {
    const rows = new ManifestRows();
    add(rows, { ranges: [[FRAME, [1n, 2n]]] });
    add(rows, {
      ranges: [
        [TIME, [-5n, 2n ** 62n]],
        [FRAME, [2n ** 32n - 1n, 2n ** 32n]],
      ],
    });
    add(rows, { isStatic: true });
    add(rows, { ranges: [[TIME, [-(2n ** 63n), -1n]]] });
    const table = finish(rows, [FRAME, TIME], []);
    expect(column(table, "frame:start")).toEqual([1n, 2n ** 32n - 1n, null, null]);
    expect(column(table, "frame:end")).toEqual([2n, 2n ** 32n, null, null]);
    expect(column(table, "time:start")?.map((time) => time !== null)).toEqual([false, true, false, true]);
    const raw = table.getChild("time:start")?.data[0]?.values as BigInt64Array;
    expect([raw[1], raw[3]]).toEqual([-5n, -(2n ** 63n)]);
    const fields = table.schema.fields.slice(7);
    expect(fields.map(({ name, nullable, metadata }) => [name, nullable, Object.fromEntries(metadata)])).toEqual([
      ["frame:start", true, { "rerun:index": "frame" }],
      ["frame:end", true, { "rerun:index": "frame" }],
      ["time:start", true, { "rerun:index": "time" }],
      ["time:end", true, { "rerun:index": "time" }],
    ]);
  });

  it("have the range of a component: its own if some rows of the chunk lack it, else that of the chunk", () => {
    const rows = new ManifestRows();
    const ranges = [
      [FRAME, [10n, 20n]],
      [TIME, [100n, 200n]],
    ] as const;
    add(rows, {
      rows: 5,
      ranges,
      components: [
        { key: 0, rows: 5 },
        {
          key: 1,
          rows: 2,
          ranges: [
            [12n, 13n],
            [120n, 130n],
          ],
        },
      ],
    });
    add(rows, { rows: 1, ranges: [[FRAME, [30n, 30n]]], components: [{ key: 1, rows: 1 }] });
    add(rows, {
      rows: 3,
      ranges,
      components: [
        {
          key: 1,
          rows: 1,
          ranges: [
            [14n, 15n],
            [140n, 150n],
          ],
        },
        { key: 0, rows: 3 },
      ],
    });
    const table = finish(rows, [FRAME, TIME]);
    const cells = (prefix: string) =>
      ["start", "end", "num_rows"].map((marker) => column(table, `${prefix}:${marker}`));
    expect(cells("frame:a")).toEqual([
      [10n, null, 10n],
      [20n, null, 20n],
      [5n, 0n, 3n],
    ]);
    expect(cells("frame:b")).toEqual([
      [12n, 30n, 14n],
      [13n, 30n, 15n],
      [2n, 1n, 1n],
    ]);
    const raw = (name: string) => [...((table.getChild(name)?.data[0]?.values ?? []) as BigInt64Array)];
    expect([raw("time:a:start")[2], raw("time:b:start")[2], raw("time:b:end")[0]]).toEqual([100n, 140n, 130n]);
    expect(column(table, "time:b:num_rows")).toEqual([2n, 0n, 1n]);
    // A component without times has no columns on them.
    expect(cells("frame:c")).toEqual([undefined, undefined, undefined]);
    const field = table.schema.fields.find(({ name }) => name === "frame:b:num_rows");
    expect([field?.nullable, Object.fromEntries(field?.metadata ?? [])]).toEqual([
      true,
      { "rerun:index": "frame", "rerun:component": "b" },
    ]);
  });

  it("say which chunks have a component as static data", () => {
    const rows = new ManifestRows();
    add(rows, { isStatic: true, components: [{ key: 0, rows: 1 }] });
    add(rows, {
      ranges: [[FRAME, [1n, 1n]]],
      components: [
        { key: 0, rows: 1 },
        { key: 1, rows: 1 },
      ],
    });
    add(rows, {
      isStatic: true,
      components: [
        { key: 0, rows: 1 },
        { key: 2, rows: 1 },
      ],
    });
    const table = finish(rows, [FRAME]);
    expect(["a", "b", "c"].map((name) => column(table, `${name}:has_static_data`))).toEqual([
      [true, false, true],
      [false, false, false],
      [false, false, true],
    ]);
    const field = table.schema.fields.find(({ name }) => name === "b:has_static_data");
    expect([field?.nullable, Object.fromEntries(field?.metadata ?? [])]).toEqual([
      false,
      { "rerun:index": "rerun:static", "rerun:component": "b" },
    ]);
  });

  it("are compressed if that makes them smaller, and have their size", () => {
    const rows = new ManifestRows();
    const sizes: [number, number, number][] = [];
    for (let row = 0; row < 300; row++) {
      add(rows, { path: "/the/same/path", ranges: [[FRAME, [1n, 1n]]], components: [{ key: 0, rows: 1 }] });
      if (row !== 0 && row !== 299) continue;
      const part = fromBinary(DataframePartSchema, rows.finish([FRAME], KEYS).finish());
      const arrow = readDataframePart(part);
      expect([part.encoderVersion, Number(part.uncompressedSize)]).toEqual([1, arrow.byteLength]);
      expect(tableFromIPC(arrow).numRows).toBe(row + 1);
      sizes.push([part.compression, part.payload?.byteLength ?? 0, arrow.byteLength]);
    }
    const [, [compression, size, original] = [0, 0, 0]] = sizes;
    expect(compression).toBe(2);
    expect(size).toBeLessThan(original / 3);
  });

  it("are estimated by their columns: 49 bytes and the path, and 16 for each timeline, 24 for each component on it", () => {
    const rows = new ManifestRows();
    expect(rows.byteLength(3, 4)).toBe(0);
    const ranges = [
      [FRAME, [1n, 1n]],
      [TIME, [1n, 1n]],
    ] as const;
    add(rows, {
      path: "",
      ranges,
      components: [
        { key: 0, rows: 1 },
        { key: 1, rows: 1 },
      ],
    });
    const path = rows.byteLength(0, 0) - 49 - 4 * 24;
    expect(rows.byteLength(2, 0)).toBe(path + 49 + 2 * 16 + 4 * 24);
    expect(rows.byteLength(2, 8)).toBe(path + 49 + 2 * 16 + 4 * 24 + 1);
    add(rows, { path: "", ranges: [[FRAME, [1n, 1n]]], components: [{ key: 2, rows: 1 }] });
    expect(rows.byteLength(2, 8)).toBe(2 * (path + 49 + 2 * 16 + 5 * 24 + 1));
  });
});
