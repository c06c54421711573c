import {
  Field,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  makeData,
  tableFromIPC,
  type Data,
} from "apache-arrow";
import { RecordingStream } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { ChunkData } from "../../dist/store/chunk-data.js";

import { SchemaCache } from "../../dist/store/schema-cache.js";

/** Records what a function logs, without times and properties that the SDK adds. */
export function record(log: (recording: RecordingStream) => void, chunkRows = 100): Uint8Array {
  const recording = new RecordingStream("unit", {
    recordingId: "unit",
    strict: true,
    logTime: false,
    sendProperties: false,
    batcher: { flushNumRows: chunkRows },
  });
  const memory = recording.memoryRecording();
  log(recording);
  return memory.drainAsBytes();
}

/** The Arrow IPC streams of the chunks of a recording. */
export function arrowOf(bytes: Uint8Array): Uint8Array[] {
  return decodeRrd(bytes).flatMap((message) => (message.kind === "chunk" ? [message.readArrow()] : []));
}

/** The chunks that a function logs. */
export function chunksOf(log: (recording: RecordingStream) => void, chunkRows?: number): ChunkData[] {
  return arrowOf(record(log, chunkRows)).map((arrow) => ChunkData.read(arrow, new SchemaCache()));
}

/** Columns as an Arrow IPC stream of apache-arrow. */
export function encodeIpc(
  fields: readonly Field[],
  children: readonly Data[],
  length: number,
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const schema = new Schema([...fields], new Map(metadata));
  const data = makeData({ type: new Struct([...fields]), length, nullCount: 0, children: [...children] });
  return RecordBatchStreamWriter.writeAll([new RecordBatch(schema, data)]).toUint8Array(true);
}

/** What {@link editArrow} changes. */
export interface ArrowEdit {
  /** Replaces a column's field, or leaves the column out. */
  readonly field?: (field: Field) => Field | undefined;
  /** Replaces a column's values. */
  readonly data?: (data: Data, field: Field) => Data;
  /** The number of rows, if it is another one. */
  readonly rows?: number;
  /** Changes the metadata of the schema. */
  readonly metadata?: (metadata: Map<string, string>) => void;
}

/** A copy of an Arrow IPC stream with other columns or metadata. */
export function editArrow(
  arrow: Uint8Array,
  { field: edit = (field) => field, data: replace = (data) => data, metadata: change, rows }: ArrowEdit,
): Uint8Array {
  const { schema, batches } = tableFromIPC(arrow);
  // Of a schema alone, apache-arrow makes a batch without rows.
  const batch = batches.find(({ numRows }) => numRows > 0);
  const fields: Field[] = [];
  const children: Data[] = [];
  for (const [index, field] of schema.fields.entries()) {
    const edited = edit(field);
    if (edited === undefined) continue;
    fields.push(edited);
    if (batch !== undefined) children.push(replace(batch.data.children[index] as Data, field));
  }
  const metadata = new Map(schema.metadata);
  change?.(metadata);
  if (batch === undefined) {
    const writer = new RecordBatchStreamWriter();
    writer.reset(undefined, new Schema(fields, metadata));
    writer.finish();
    return writer.toUint8Array(true);
  }
  return encodeIpc(fields, children, rows ?? batch.numRows, metadata);
}

/** A field with other metadata: `null` removes a key. */
export function withMetadata(field: Field, changes: Readonly<Record<string, string | null>>): Field {
  const metadata = new Map(field.metadata);
  for (const [key, value] of Object.entries(changes))
    if (value === null) metadata.delete(key);
    else metadata.set(key, value);
  return new Field(field.name, field.type, field.nullable, metadata);
}
