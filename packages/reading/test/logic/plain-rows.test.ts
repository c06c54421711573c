import { encodeParquet, openRrd, plainRows, vectorBatch, type PlainValue } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { AnyValues, Tensor } from "@rerun-ts/types";
import {
  Binary,
  DenseUnion,
  Field,
  List,
  Map_,
  SparseUnion,
  Struct,
  TimestampNanosecond,
  Uint8,
  Utf8,
  Vector,
  makeData,
  vectorFromArray,
  type Data,
  type DataType,
} from "apache-arrow";
import { parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";

const TIME = 1_700_000_000_123_456_789n;
const times = (values: readonly bigint[]): Data =>
  makeData({ type: new TimestampNanosecond(), length: values.length, data: BigInt64Array.from(values) });
const words = (values: readonly string[]): Data => vectorFromArray([...values], new Utf8()).data[0] as Data;
const bytes = vectorFromArray([Uint8Array.of(250, 251)], new Binary()).data[0] as Data;

function dense(): Data {
  const fields = [
    new Field("time", new TimestampNanosecond()),
    new Field("word", new Utf8()),
    new Field("raw", new Binary()),
  ];
  return makeData({
    type: new DenseUnion([3, 4, 5], fields),
    length: 4,
    typeIds: Int8Array.of(4, 3, 5, 4),
    valueOffsets: Int32Array.of(1, 0, 0, 0),
    children: [times([TIME]), words(["second", "first"]), bytes] as never,
  });
}

function sparse(): Data {
  const fields = [new Field("time", new TimestampNanosecond()), new Field("word", new Utf8())];
  return makeData({
    type: new SparseUnion([0, 1], fields),
    length: 2,
    typeIds: Int8Array.of(1, 0),
    children: [times([0n, TIME]), words(["a", "b"])] as never,
  });
}

function map(): Data {
  const fields = [new Field("key", new Utf8(), false), new Field("value", new TimestampNanosecond())];
  const entries = new Struct(fields as never);
  const child = makeData({
    type: entries,
    length: 2,
    children: [words(["x", "__proto__"]), times([TIME, 5n])] as never,
  });
  const type = new Map_(new Field("entries", entries, false) as never) as DataType;
  return makeData({ type, length: 2, valueOffsets: Int32Array.of(0, 2, 2), child } as never);
}

async function query() {
  const recording = new RecordingStream("plain", { recordingId: "one", logTime: false, strict: true });
  const memory = recording.memoryRecording();
  const values = Object.entries({ dense: dense(), sparse: sparse(), map: map() });
  recording.log(
    "a",
    new AnyValues(Object.fromEntries(values.map(([name, data]) => [name, vectorBatch(new Vector([data]))]))),
    {
      static: true,
    },
  );
  recording.log("tensor", new Tensor(Uint8Array.of(1, 2)), { static: true });
  return (await openRrd(memory.drainAsBytes())).recording().query({ index: null });
}

it("plain rows have the values of unions and maps as they have others: times are whole, and bytes are bytes", async () => {
  const [row] = [...plainRows(await (await query()).toTable())];
  expect(row?.["/a:dense"]).toEqual(["first", TIME, Uint8Array.of(250, 251), "second"]);
  expect(row?.["/a:sparse"]).toEqual(["a", TIME]);
  const maps = row?.["/a:map"] as readonly Readonly<Record<string, PlainValue>>[] | undefined;
  const [first, second] = maps ?? [];
  expect(Object.entries(first ?? {})).toEqual([
    ["x", TIME],
    ["__proto__", 5n],
  ]);
  expect(second).toEqual({});
  expect(row?.["/tensor:Tensor:data"]).toMatchObject([{ buffer: Uint8Array.of(1, 2) }]);
});

it("lists of bytes with a null are arrays in plain rows, and an error in Parquet", async () => {
  const bytesWithNull = vectorFromArray(
    [
      [1, null],
      [2, 3],
    ],
    new List(new Field("item", new Uint8(), true)),
  );
  const recording = new RecordingStream("bytes");
  const memory = recording.memoryRecording();
  recording.log("a", new AnyValues({ bytes: vectorBatch(bytesWithNull) }), { static: true });
  const rows = (await openRrd(memory.drainAsBytes())).recording().query({ index: null, contents: "/a" });
  expect([...plainRows(await rows.toTable())]).toEqual([{ "/a:bytes": [[1, null], Uint8Array.of(2, 3)] }]);
  await expect(collect(encodeParquet(rows))).rejects.toThrow(
    'the column "/a:bytes" cannot be written as Parquet: a list of bytes has a null',
  );
});

it("unions and maps are JSON in Parquet: long integers are strings, and bytes Base64", async () => {
  const file = await collect(encodeParquet(await query()));
  const [row] = (await parquetReadObjects({ file: file.slice().buffer })) as Record<string, unknown>[];
  expect(row?.["/a:dense"]).toEqual(['"first"', `"${TIME}"`, '"+vs="', '"second"']);
  expect(row?.["/a:map"]).toEqual([`{"x":"${TIME}","__proto__":5}`, "{}"]);
  expect(row?.["/tensor:Tensor:data"]).toMatchObject([{ buffer: '"AQI="' }]);
});

it("plainRows names what it needs instead of a query", async () => {
  const rows: never = (await query()) as never;
  expect(() => [...plainRows(rows)]).toThrow("`rows` must be a batch or table of a query");
});
