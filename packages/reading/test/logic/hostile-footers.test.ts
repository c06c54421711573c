// Footers whose checksum is right and whose content is wrong: what reads them rejects with errors that say what is
// wrong.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { filterRrd, mergeRrd, openRrd, repairRrd, splitRrd, verifyRrd } from "@rerun-ts/reading";
import { RecordingStream, RerunError } from "@rerun-ts/core";
import { collect } from "@rerun-ts/test-support/common/collect";
import { Scalars } from "@rerun-ts/types";
import {
  Bool,
  FixedSizeBinary,
  Int32,
  Null,
  Table,
  Uint64,
  Utf8,
  Vector,
  makeData,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
  type Data,
  type DataType,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { Compression, DataframePartSchema } from "../../../core/dist/gen/rerun/common/v1alpha1/common_pb.js";
import { RrdFooterSchema, type RrdFooter } from "../../../core/dist/gen/rerun/log_msg/v1alpha1/log_msg_pb.js";
import { xxh32 } from "../../../core/dist/hash/xxh32.js";
import { readDataframePart } from "../../../core/dist/rrd/decode/dataframe-part.js";

const CHECKSUM_SEED = 7850921;
const FOOTER = 32;
const ROWS = 6;
/** Three of `/a`, one of `/b`, and one of properties. */
const CHUNKS = 5;

function record(): Uint8Array {
  const recording = new RecordingStream("footers", {
    recordingId: "one",
    logTime: false,
    batcher: { flushNumRows: 2 },
  });
  const memory = recording.memoryRecording();
  for (let frame = 0; frame < ROWS; frame++) recording.log("a", new Scalars(frame), { time: { frame } });
  recording.log("b", new Scalars(1), { static: true });
  return memory.drainAsBytes();
}

const bytes = record();
const view = new DataView(bytes.buffer, bytes.byteOffset);
const footerAt = Number(view.getBigUint64(bytes.byteLength - FOOTER, true));
const footer = (): RrdFooter => fromBinary(RrdFooterSchema, bytes.slice(footerAt, bytes.byteLength - FOOTER));

/** The recording with another footer, whose position, length and checksum are right. */
function withFooter(changed: RrdFooter): Uint8Array {
  const payload = toBinary(RrdFooterSchema, changed);
  const result = new Uint8Array(footerAt + payload.byteLength + FOOTER);
  result.set(bytes.subarray(0, footerAt));
  result.set(payload, footerAt);
  result.set(bytes.subarray(bytes.byteLength - FOOTER), footerAt + payload.byteLength);
  const target = new DataView(result.buffer);
  target.setBigUint64(footerAt - 8, BigInt(payload.byteLength), true);
  target.setBigUint64(footerAt + payload.byteLength + 8, BigInt(payload.byteLength), true);
  target.setUint32(footerAt + payload.byteLength + 16, xxh32(payload, CHECKSUM_SEED), true);
  return result;
}

/** The recording with other columns in the index of its footer. */
function withColumns(change: (name: string, column: Vector) => Vector): Uint8Array {
  const changed = footer();
  const [manifest] = changed.manifests;
  const table = tableFromIPC(readDataframePart(manifest?.data));
  const names = table.schema.fields.map(({ name }) => name);
  const columns = names.map((name) => change(name, table.getChild(name) as Vector));
  const own = new Table(Object.fromEntries(names.map((name, at) => [name, columns[at] as Vector])));
  for (const [at, field] of own.schema.fields.entries())
    for (const [key, value] of table.schema.fields[at]?.metadata ?? []) field.metadata.set(key, value);
  if (manifest !== undefined)
    manifest.data = create(DataframePartSchema, { payload: tableToIPC(own, "stream"), compression: Compression.NONE });
  return withFooter(changed);
}

/** Runs everything that reads a recording; returns the codes of the errors. */
async function readAll(damaged: Uint8Array): Promise<ReadonlySet<string>> {
  const codes = new Set<string>();
  const attempt = async (read: () => Promise<unknown>): Promise<void> => {
    await read().catch((error: unknown) => {
      if (!(error instanceof RerunError)) throw error;
      codes.add(error.code);
    });
  };
  for (const mode of ["auto", "lazy"] as const) {
    await attempt(async () => {
      const file = await openRrd(damaged, { mode });
      for (const info of file.recordings) {
        const recording = file.recording(info);
        await attempt(async () => recording.query({ index: null }).toTable());
        for (const { name } of recording.schema().indexes) {
          recording.timeRange(name);
          await attempt(async () => recording.query({ index: name, fillLatestAt: true }).toTable());
          await attempt(async () => recording.latestAt({ index: name, at: 3n }));
          await attempt(async () => recording.query({ index: name, range: { from: 1n, to: 3n } }).toTable());
        }
      }
    });
  }
  await attempt(async () => {
    const { problems } = await verifyRrd(damaged);
    if (problems.length > 0) codes.add("verify");
  });
  await attempt(async () => collect(mergeRrd(damaged)));
  await attempt(async () => collect(filterRrd(damaged, { dropTimelines: ["x"] })));
  const repaired = await openRrd(await collect(repairRrd(damaged)));
  expect([repaired.isLazy, repaired.recording().numChunks]).toEqual([true, CHUNKS]);
  await attempt(async () => {
    for await (const part of splitRrd(damaged, { timeline: "frame", parts: 2 })) await collect(part.bytes);
  });
  return codes;
}

const of = (type: DataType, values: readonly unknown[]): Vector =>
  vectorFromArray([...values], type as never) as Vector;
/** Exchanges the first and the last number that are not null. */
const swapped = (column: Vector): Vector => {
  const rows = count(column).filter((row) => column.get(row) !== null);
  const [first, last] = [rows[0], rows.at(-1)];
  const source = (row: number): number | undefined => (row === first ? last : row === last ? first : row);
  return of(
    column.type as DataType,
    count(column).map((row) => column.get(source(row) as number)),
  );
};
const count = (column: Vector): readonly number[] => Array.from({ length: column.length }, (_, row) => row);

it("a footer that is written again is read as before", async () => {
  expect(await readAll(withColumns((_, column) => column))).toEqual(new Set());
});

describe("an index whose columns have another type is reported, and all is read without it:", () => {
  const types: Readonly<Record<string, (column: Vector) => Vector>> = {
    null: (column) =>
      new Vector([makeData({ type: new Null(), length: column.length, nullCount: column.length }) as Data]),
    int32: (column) => of(new Int32(), count(column)),
    text: (column) => of(new Utf8(), count(column).map(String)),
    bool: (column) =>
      of(
        new Bool(),
        count(column).map(() => true),
      ),
    "3 bytes": (column) =>
      of(
        new FixedSizeBinary(3),
        count(column).map(() => new Uint8Array(3)),
      ),
  };
  const table = tableFromIPC(readDataframePart(footer().manifests[0]?.data));
  // What no reader needs.
  const ignored = ["chunk_is_static", "chunk_byte_size_uncompressed"];
  const names = table.schema.fields.map(({ name }) => name).filter((name) => !ignored.includes(name));
  it.for(names)("%s", async (name) => {
    for (const [type, make] of Object.entries(types)) {
      if (String(make(table.getChild(name) as Vector).type) === String(table.getChild(name)?.type)) continue;
      const damaged = withColumns((own, column) => (own === name ? make(column) : column));
      expect([type, await readAll(damaged)]).toEqual([type, new Set(["INVALID_FORMAT", "verify"])]);
      const opened = await openRrd(damaged);
      expect([type, opened.isLazy, opened.recording().numChunks]).toEqual([type, false, CHUNKS]);
    }
  });
});

describe("an index with wrong numbers is found by `verifyRrd`, and no query hangs or answers anything else:", () => {
  const values = [0n, 1n, 15n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, BigInt(footerAt)];
  it.for(["chunk_num_rows", "chunk_byte_offset", "chunk_byte_size"])("%s", async (name) => {
    for (const value of values) {
      const other = (column: Vector): Vector =>
        of(
          new Uint64(),
          count(column).map((row) => (row === 1 ? value : column.get(row))),
        );
      const damaged = withColumns((own, column) => (own === name ? other(column) : column));
      expect([value, (await readAll(damaged)).has("verify")]).toEqual([value, true]);
    }
  });

  it("times", async () => {
    const damaged = withColumns((name, column) =>
      name.startsWith("frame:") && name.endsWith(":start") ? swapped(column) : column,
    );
    expect((await readAll(damaged)).has("INVALID_FORMAT")).toBe(false);
  });
});

it("a recording whose index has a timeline without times cannot be split on it", async () => {
  const damaged = withColumns((name, column) =>
    name === "frame:start"
      ? of(
          column.type as DataType,
          count(column).map(() => null),
        )
      : column,
  );
  const parts = splitRrd(damaged, { timeline: "frame", parts: 2 });
  await expect(parts.next()).rejects.toThrow('`timeline` must have times, but nothing is logged on "frame"');
});

describe("an index with other chunks is found by `verifyRrd`, and queries read nothing twice:", () => {
  it("all have the id of the first", async () => {
    const damaged = withColumns((name, column) =>
      name === "chunk_id"
        ? of(
            column.type as DataType,
            count(column).map(() => column.get(0)),
          )
        : column,
    );
    expect(await readAll(damaged)).toEqual(new Set(["INVALID_FORMAT", "verify"]));
    expect((await openRrd(damaged)).recording().numChunks).toBe(CHUNKS);
  });

  it("all are where the first is", async () => {
    const damaged = withColumns((name, column) =>
      name === "chunk_byte_offset" || name === "chunk_byte_size"
        ? of(
            new Uint64(),
            count(column).map(() => column.get(0)),
          )
        : column,
    );
    expect(await readAll(damaged)).toEqual(new Set(["INVALID_FORMAT", "verify"]));
  });

  it("of an index without rows, schema, store or content", async () => {
    const changes: ((changed: RrdFooter) => unknown)[] = [
      (changed) => delete changed.manifests[0]?.data,
      (changed) => delete changed.manifests[0]?.sorbetSchema,
      (changed) => delete changed.manifests[0]?.storeId,
      (changed) => changed.manifests.push(...changed.manifests),
      (changed) => (changed.manifests.length = 0),
    ];
    for (const change of changes) {
      const changed = footer();
      change(changed);
      expect([String(change), (await readAll(withFooter(changed))).size]).toEqual([String(change), expect.any(Number)]);
    }
  });
});
