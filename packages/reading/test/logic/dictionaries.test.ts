import { encodeArrow, openRrd, plainRows, sendDataframe, vectorBatch, type RecordingReader } from "@rerun-ts/reading";
import { RecordingStream } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { AnyValues } from "@rerun-ts/types";
import {
  Decimal,
  Dictionary,
  Int8,
  Null,
  type RecordBatch,
  Table,
  TimestampNanosecond,
  Utf8,
  Vector,
  makeData,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from "apache-arrow";
import { describe, expect, it } from "vitest";

const SIDE = "/a:side";
const type = new Dictionary(new Utf8(), new Int8(), 7);

function record(): { recording: RecordingStream; read: () => Promise<RecordingReader> } {
  const recording = new RecordingStream("dictionaries", { recordingId: "one", logTime: false });
  const memory = recording.memoryRecording();
  return { recording, read: async () => (await openRrd(memory.drainAsBytes())).recording() };
}

/** A table with two batches, each with a dictionary of its own for the same column. */
function twoDictionaries(): Table {
  const batches = [
    [0n, "left", "right"],
    [2n, "up", "down"],
  ] as const;
  const parts = batches.map(([first, ...values]) => {
    const frame = vectorFromArray([first, first + 1n]);
    const dictionary = vectorFromArray([...values], new Utf8());
    const data = makeData({ type, length: 2, data: new Int8Array([0, 1]), dictionary });
    return new Table({ frame, [SIDE]: new Vector([data]) }).batches[0] as RecordBatch;
  });
  return new Table(parts);
}

async function sides(reader: RecordingReader): Promise<unknown[]> {
  const table = await reader.query({ index: "frame" }).toTable();
  return [...plainRows(table)].flatMap((row) => row[SIDE]);
}

describe("a column with dictionaries", () => {
  it("has the values of each batch's own dictionary, in a table, an IPC stream and a vector", async () => {
    const table = twoDictionaries();
    for (const data of [table, tableToIPC(table, "stream")]) {
      const { recording, read } = record();
      await sendDataframe(recording, data, { index: "frame" });
      expect(await sides(await read())).toEqual(["left", "right", "up", "down"]);
    }
    const { recording, read } = record();
    recording.setTime("frame", 0);
    recording.log("a", new AnyValues({ side: vectorBatch(table.getChild(SIDE) as Vector) }));
    expect(await sides(await read())).toEqual(["left", "right", "up", "down"]);
  });

  it("may have only nulls, for which apache-arrow writes no dictionary", async () => {
    const nulls = vectorFromArray([null, null], type);
    const { recording, read } = record();
    recording.setTime("frame", 0);
    recording.log("a", new AnyValues({ side: vectorBatch(nulls) }));
    expect(await sides(await read())).toEqual([null, null]);
  });

  it("can be encoded as Arrow, and be asked for where it has no value", async () => {
    const { recording, read } = record();
    await sendDataframe(recording, twoDictionaries(), { index: "frame" });
    const reader = await read();
    const stream = await collect(encodeArrow(reader.query({ index: "frame" })));
    expect(
      tableFromIPC(stream)
        .getChild(SIDE)
        ?.toJSON()
        .map((cell) => [...(cell as Iterable<unknown>)]),
    ).toEqual([["left"], ["right"], ["up"], ["down"]]);
    const table = await reader.query({ index: "frame" }).toTable();
    expect(await collect(encodeArrow(table))).toEqual(stream);
    expect(await reader.latestAt({ index: "frame", at: -5 })).toEqual({});
    const outside = reader.query({ index: "frame", range: { from: 50 } });
    expect((await outside.toTable()).numRows).toBe(0);
    expect(tableFromIPC(await collect(encodeArrow(outside))).schema.names).toEqual(["frame", SIDE]);
  });
});

describe("a column of Arrow's type null", () => {
  it("is sent as one null in each row, as Rerun does", async () => {
    const { recording, read } = record();
    const nothing = new Vector([makeData({ type: new Null(), length: 2 })]);
    const table = new Table({ frame: vectorFromArray([0n, 1n]), "/a:nothing": nothing });
    await sendDataframe(recording, table, { index: "frame" });
    const query = (await read()).query({ index: "frame", includeSemanticallyEmptyColumns: true });
    expect([...plainRows(await query.toTable())]).toEqual([
      { frame: 0n, "/a:nothing": [null] },
      { frame: 1n, "/a:nothing": [null] },
    ]);
  });
});

it("plain rows have values of dictionaries, decimals as text, times in their unit, and cells of bytes as arrays", async () => {
  const { recording, read } = record();
  recording.setTime("frame", 0);
  const decimals = makeData({
    type: new Decimal(3, 10, 128),
    length: 2,
    data: new Uint32Array([28_750, 0, 0, 0, ...NEGATIVE]),
  });
  const times = makeData({
    type: new TimestampNanosecond(),
    length: 1,
    data: new BigInt64Array([1_700_000_000_123_456_789n]),
  });
  recording.log(
    "a",
    new AnyValues({
      side: vectorBatch(vectorFromArray(["left", null, "left"], type)),
      price: vectorBatch(new Vector([decimals])),
      time: vectorBatch(new Vector([times])),
      bytes: new Uint8Array([1, 2, 3]),
    }),
  );
  expect([...plainRows(await (await read()).query({ index: "frame" }).toTable())]).toEqual([
    {
      frame: 0n,
      "/a:bytes": [1, 2, 3],
      "/a:price": ["28.750", "-0.001"],
      "/a:side": ["left", null, "left"],
      "/a:time": [1_700_000_000_123_456_789n],
    },
  ]);
});

/** -1 in 128 bits. */
const NEGATIVE = Array.from({ length: 4 }, () => 0xffffffff);
