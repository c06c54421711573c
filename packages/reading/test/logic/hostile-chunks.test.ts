// Chunks that are valid Arrow data, or almost, and claim far more than they have.
import { encodeArrow, encodeParquet, openLive, openRrd, plainRows, repairRrd, verifyRrd } from "@rerun-ts/reading";
import { RecordingStream, RerunError } from "@rerun-ts/core";
import { decodeRrd, type ChunkMessage } from "@rerun-ts/core/decode";
import { collect } from "@rerun-ts/test-support/common/collect";
import { Scalars } from "@rerun-ts/types";
import {
  DateMillisecond,
  Decimal,
  DenseUnion,
  Dictionary,
  Field,
  FixedSizeList,
  Int32,
  Int8,
  List,
  Map_,
  Null,
  Schema,
  Struct,
  TimestampSecond,
  Utf8,
  makeData,
  vectorFromArray,
  type Vector,
  type Data,
  type DataType,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { arrowMessage } from "./arrow-message.ts";
import { encodeMessageHeader } from "../../../core/dist/rrd/encode/message-frame.js";
import { IpcBatch } from "../../dist/ipc/ipc-batch.js";
import { encodeIpc } from "./chunks.ts";

/** All columns of a batch. */
function readAll(batch: IpcBatch): readonly Data[] {
  return batch.schema.fields.map((_, index) => batch.column(index));
}

const MOST = 2 ** 31 - 2;
const LONG = 1_000_000;

function field(type: DataType, name = "item"): Field {
  return new Field(name, type, true);
}

const int32 = (length: number): Data => makeData({ type: new Int32(), length, data: new Int32Array(length) });
const nulls = (length: number): Data => makeData({ type: new Null(), length, nullCount: length }) as Data;
const longText = (): Vector => vectorFromArray(["x".repeat(LONG)], new Utf8());

/** A recording with a chunk of one row, whose component has these instances. */
async function recordingOf(instances: Data): Promise<Uint8Array> {
  const recording = new RecordingStream("hostile", { recordingId: "one", sendProperties: false });
  const memory = recording.memoryRecording();
  recording.log("a", new Scalars(1), { static: true });
  const bytes = memory.drainAsBytes();
  const infoEnd = 28 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(20, true);
  for await (const chunk of (await openRrd(bytes)).recording().chunks()) {
    const { schema, data } = chunk.table.batches[0] as (typeof chunk.table.batches)[number];
    const type = new List(field(instances.type));
    const column = makeData({
      type,
      length: 1,
      nullCount: 0,
      valueOffsets: Int32Array.of(0, instances.length),
      child: instances,
    });
    const metadata = new Map([["rerun:kind", "data"]]);
    const fields = [schema.fields[0] as Field, new Field("x", type, true, metadata)];
    const arrow = encodeIpc(fields, [data.children[0] as Data, column as Data], 1, schema.metadata);
    const storeId = { kind: "recording", applicationId: "hostile", recordingId: "one" } as const;
    const payload = arrowMessage(storeId, arrow);
    return collect([bytes.subarray(0, infoEnd), encodeMessageHeader("chunk", payload.byteLength), payload] as never);
  }
  throw new Error("the recording has no chunk");
}

/** What becomes of a recording: its damage, and the codes of the errors of what cannot be done with it. */
async function outcome(bytes: Uint8Array): Promise<Readonly<Record<string, unknown>>> {
  const file = await openRrd(bytes, { mode: "stream" });
  const query = file.recording().query({ index: null });
  const table = await query.toTable();
  const codeOf = async (run: () => Promise<unknown>): Promise<string> =>
    run().then(
      () => "done",
      (error: unknown) => (error instanceof RerunError ? error.code : `wrong: ${String(error)}`),
    );
  const { problems } = await verifyRrd(bytes, { checkFooters: false });
  expect(problems.length).toBe(file.damage.length);
  expect((await openRrd(await collect(repairRrd(bytes)))).recordings.length).toBe(1);
  return {
    isDamaged: file.damage.length > 0,
    arrow: await codeOf(() => collect(encodeArrow(query))),
    rows: await codeOf(async () => [...plainRows(table)]),
    parquet: await codeOf(() => collect(encodeParquet(query))),
  };
}

const emptyStruct = new Struct([]);
const HUGE: Readonly<Record<string, () => Data>> = {
  nulls: () => nulls(MOST),
  "structs without fields": () => makeData({ type: emptyStruct, length: MOST, nullCount: 0, children: [] }) as Data,
  "lists without elements": () => {
    const type = new FixedSizeList(0, field(new Int32()));
    return makeData({ type, length: MOST, nullCount: 0, child: int32(0) as never }) as Data;
  },
  "lists of nulls": () => {
    const valueOffsets = Int32Array.from({ length: 1001 }, (_, row) => row * 2_000_000);
    const type = new List(field(new Null()));
    return makeData({ type, length: 1000, nullCount: 0, valueOffsets, child: nulls(2_000_000_000) as never }) as Data;
  },
  "a long text of a dictionary, again and again": () => {
    const type = new Dictionary(new Utf8(), new Int8(), 1);
    return makeData({ type, length: 1000, nullCount: 0, data: new Int8Array(1000), dictionary: longText() }) as Data;
  },
};

describe("a cell that takes no memory is read, and is not made a row of:", () => {
  it.for(Object.keys(HUGE))("%s", async (name) => {
    const bytes = await recordingOf((HUGE[name] as () => Data)());
    expect(await outcome(bytes)).toEqual({
      isDamaged: false,
      arrow: "done",
      rows: "UNSUPPORTED",
      parquet: "UNSUPPORTED",
    });
  });
});

const decimal = (scale: number, precision: number, bitWidth: number): Data =>
  makeData({
    type: new Decimal(scale, precision, bitWidth),
    length: 1,
    nullCount: 0,
    data: new Uint32Array(64),
  }) as Data;
const map = (entries: Data): Data => {
  const type = new Map_(field(entries.type) as never) as DataType;
  return makeData({
    type,
    length: 1,
    nullCount: 0,
    valueOffsets: Int32Array.of(0, 1),
    child: entries,
  } as never) as Data;
};

const WRONG: Readonly<Record<string, () => Data>> = {
  "lists of -5 elements": () => {
    const type = new FixedSizeList(-5, field(new Int32()));
    return makeData({ type, length: 4, nullCount: 0, child: int32(10) as never }) as Data;
  },
  "decimals with a billion digits": () => decimal(2 ** 30, 38, 128),
  "decimals with a billion zeros": () => decimal(-(2 ** 28), 38, 128),
  "decimals of 2048 bits": () => decimal(2, 38, 2048),
  "maps of numbers": () => map(int32(1)),
  "maps without values": () => {
    const type = new Struct([field(new Int32(), "key")]);
    return map(makeData({ type, length: 1, nullCount: 0, children: [int32(1)] }) as Data);
  },
  "a union whose elements share a long text": () => {
    const length = 1000;
    const type = new DenseUnion([0], [field(new Utf8(), "text")]);
    const [typeIds, valueOffsets] = [new Int8Array(length), new Int32Array(length)];
    return makeData({
      type,
      length,
      nullCount: 0,
      typeIds,
      valueOffsets,
      children: [longText().data[0] as never],
    }) as Data;
  },
};

describe("a chunk is damage if it has", () => {
  it.for(Object.keys(WRONG))("%s", async (name) => {
    const bytes = await recordingOf((WRONG[name] as () => Data)());
    expect(await outcome(bytes)).toMatchObject({ isDamaged: true, rows: "done", parquet: "done" });
  });
});

it("times and dates that Parquet does not have are named, and are in rows", async () => {
  const last = BigInt64Array.of(2n ** 63n - 1n);
  for (const type of [new TimestampSecond(), new DateMillisecond()] as readonly DataType[]) {
    const data = makeData({ type, length: 1, nullCount: 0, data: last } as never) as Data;
    expect(await outcome(await recordingOf(data))).toEqual({
      isDamaged: false,
      arrow: "done",
      rows: "done",
      parquet: "UNSUPPORTED",
    });
  }
});

it("a chunk that is cut anywhere inside its Arrow data is damage, in files and in live recordings", async () => {
  const whole = await recordingOf(int32(3));
  const start = 28 + new DataView(whole.buffer, whole.byteOffset).getUint32(20, true);
  const [message] = decodeRrd(whole.slice()).filter(({ kind }) => kind === "chunk") as ChunkMessage[];
  const { storeId } = message as ChunkMessage;
  const arrow = (message as ChunkMessage).readArrow();
  // Behind the batch there is only the end marker.
  const marker = 8;
  for (let length = 0; length < arrow.byteLength - marker; length += 1 + (length % 7)) {
    const payload = arrowMessage(storeId, arrow.subarray(0, length));
    const parts = [whole.subarray(0, start), encodeMessageHeader("chunk", payload.byteLength), payload];
    const file = await openRrd(await collect(parts as never), { mode: "stream" });
    expect([length, file.damage.map(({ offset }) => offset), file.recording().numChunks]).toEqual([length, [start], 0]);
    const live = await openLive({
      readMessages: () => [{ kind: "chunk", storeId, payload }],
      stats: () => ({ state: "closed" }),
    });
    expect([length, live.numChunks, live.damage.length]).toEqual([length, 0, 1]);
    live.close();
  }
});

describe("the columns of a batch take memory in proportion to its size", () => {
  const COLUMNS = 600;
  const ROWS = 250_000;
  const schema = new Schema(Array.from({ length: COLUMNS }, (_, index) => field(new Int32(), String(index))));
  /** A batch whose columns all have the same bytes; with a codec, these claim to be compressed. */
  const batch = (body: Uint8Array, codec?: number): IpcBatch => {
    const nodes = Array.from({ length: COLUMNS }, () => [ROWS, 0]);
    const buffers = nodes.flatMap(() => [
      [0, 0],
      [0, body.byteLength],
    ]);
    const header = {
      int64: () => ROWS,
      int64s: () => [],
      int64Pairs: (slot: number) => (slot === 1 ? nodes : buffers),
      table: () => (codec === undefined ? undefined : { uint8: () => codec }),
    };
    return new IpcBatch(schema, header as never, body, new Map());
  };

  it("also if they share one buffer", () => {
    expect(() => readAll(batch(new Uint8Array(ROWS * 4)))).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
  });

  it("also if a buffer claims to be far larger when it is decompressed", () => {
    for (const [codec, bytes] of [
      [0, 2 ** 21],
      [1, 2 ** 14],
    ] as const) {
      const body = new Uint8Array(bytes);
      new DataView(body.buffer).setBigInt64(0, 2n ** 30n, true);
      // Before memory is allocated.
      expect(() => batch(body, codec).column(0)).toThrow(/take more than/);
    }
  });
});
