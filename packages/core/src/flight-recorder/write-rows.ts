import { ArrayCollector } from "../arrow/array-collector.ts";
import { listOf, type ArrowType } from "../arrow/arrow-type.ts";
import { IpcStream } from "../arrow/ipc-stream.ts";
import { encodeSchema } from "../arrow/schema.ts";
import { compareDescriptors } from "../batch/logged-chunk.ts";
import type { ComponentDescriptor } from "../batch/component.ts";
import { tuidText } from "../batch/tuid.ts";
import { NO_BYTES } from "../bytes/no-bytes.ts";
import { compareStrings } from "../collections/compare-strings.ts";
import { encodeArrowPayload } from "../rrd/decode/arrow-payload.ts";
import { chunkMetadata, componentField, rowIdField, timelineField } from "../rrd/encode/chunk-schema.ts";
import type { EncodedMessage, StoreId } from "../rrd/encode/encoded-message.ts";
import type { Timeline } from "../time/timeline.ts";
import { ArrayReader } from "./array-reader.ts";
import type { RowsColumn } from "./stored-rows.ts";

/** A component of new rows. */
export interface NewColumn {
  readonly descriptor: ComponentDescriptor;
  /** The type of one instance. */
  readonly arrow: ArrowType;
  /** Adds the lists of all rows. */
  collect(out: ArrayCollector): void;
}

/** Rows of one entity. */
export interface NewRows {
  readonly storeId: StoreId;
  readonly entityPath: string;
  /** 16 bytes for each row, big-endian. */
  readonly ids: Uint8Array;
  /** The times, as little-endian 64-bit integers. None for static rows. */
  readonly times: readonly { readonly timeline: Timeline; readonly values: BigInt64Array }[];
  readonly columns: readonly NewColumn[];
}

/** Encodes rows as one chunk. */
export function writeRows({ storeId, entityPath, ids, times, columns }: NewRows): EncodedMessage {
  const rows = ids.byteLength / 16;
  const sortedTimes = [...times].sort((a, b) => compareStrings(a.timeline.name, b.timeline.name));
  const sortedColumns = [...columns].sort((a, b) => compareDescriptors(a.descriptor, b.descriptor));
  const out = new ArrayCollector();
  const addPlain = (bytes: Uint8Array, stride: number): void => {
    out.node(rows, 0);
    out.buffer(NO_BYTES);
    out.buffer(bytes, stride);
  };
  addPlain(ids, 16);
  for (const { values } of sortedTimes)
    addPlain(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 8);
  for (const column of sortedColumns) column.collect(out);
  const fields = [
    rowIdField(isRising(ids)),
    ...sortedTimes.map(({ timeline, values }) => timelineField(timeline, isSorted(values))),
    ...sortedColumns.map(({ descriptor, arrow }) => componentField(descriptor, arrow)),
  ];
  const schema = encodeSchema(fields, chunkMetadata(entityPath, `chunk_${newChunkId(ids)}`));
  return { kind: "chunk", storeId, ...encodeArrowPayload(storeId, new IpcStream(schema, undefined, out, rows)) };
}

/** The id of a chunk: the time of its first row, and a random number. */
function newChunkId(ids: Uint8Array): string {
  const time = new DataView(ids.buffer, ids.byteOffset, 8);
  const [incHi = 0, incLo = 0] = crypto.getRandomValues(new Uint32Array(2));
  return tuidText({ timeHi: time.getUint32(0), timeLo: time.getUint32(4), incHi, incLo });
}

/** Some rows of a stored component. */
export function copiedColumn({ descriptor, arrow, parts }: RowsColumn, from: number, to: number): NewColumn {
  return { descriptor, arrow, collect: (out) => new ArrayReader(parts).copy(out, listOf(arrow), from, to) };
}

/** A component with one text, or none, in each row. */
export function textsColumn(descriptor: ComponentDescriptor, texts: readonly (string | undefined)[]): NewColumn {
  const collect = (out: ArrayCollector): void => {
    const encoded = texts.filter((text) => text !== undefined).map((text) => new TextEncoder().encode(text));
    const bytes = new Uint8Array(encoded.reduce((sum, { byteLength }) => sum + byteLength, 0));
    const ends = new Int32Array(encoded.length + 1);
    for (const [index, text] of encoded.entries()) {
      bytes.set(text, ends[index]);
      ends[index + 1] = (ends[index] ?? 0) + text.byteLength;
    }
    const lists = new Int32Array(texts.length + 1);
    for (const [index, text] of texts.entries()) lists[index + 1] = (lists[index] ?? 0) + (text === undefined ? 0 : 1);
    addLists(out, lists);
    out.node(encoded.length, 0);
    out.buffer(NO_BYTES);
    out.buffer(new Uint8Array(ends.buffer), 4, true);
    out.buffer(bytes);
  };
  return { descriptor, arrow: { type: "Utf8" }, collect };
}

/** A component with one number in a single row. */
export function numberColumn(descriptor: ComponentDescriptor, value: number): NewColumn {
  const collect = (out: ArrayCollector): void => {
    addLists(out, Int32Array.of(0, 1));
    out.node(1, 0);
    out.buffer(NO_BYTES);
    out.buffer(new Uint8Array(Float64Array.of(value).buffer), 8);
  };
  return { descriptor, arrow: { type: "Float64" }, collect };
}

function addLists(out: ArrayCollector, offsets: Int32Array): void {
  out.node(offsets.length - 1, 0);
  out.buffer(NO_BYTES);
  out.buffer(new Uint8Array(offsets.buffer), 4, true);
}

/** Whether row ids, which are big-endian, increase. */
function isRising(ids: Uint8Array): boolean {
  for (let at = 16; at < ids.byteLength; at++) {
    const difference = (ids[at] ?? 0) - (ids[at - 16] ?? 0);
    if (difference < 0) return false;
    // The first different byte decides.
    if (difference > 0) at = at | 15;
  }
  return true;
}

function isSorted(values: BigInt64Array): boolean {
  return values.every((value, index) => index === 0 || value >= (values[index - 1] as bigint));
}
