import type { ArrowField } from "@rerun-ts/core/encode";
import { getOrAdd } from "@rerun-ts/core/util";
import {
  ArrayCollector,
  encodeRecordBatch,
  encodeSchema,
  HEADER,
  IpcStream,
  ipcMessages,
  readArrowSchema,
  SchemaTemplate,
  type RecordBatchMessage,
} from "@rerun-ts/core/rrd";
import { Message, Schema, type Data, type Field } from "apache-arrow";
import { arrowField } from "./arrow-field.ts";
import { collectData } from "./collect-data.ts";

/**
 * Columns as an Arrow IPC stream with one batch. Nothing is copied until the stream is written. Each buffer is written
 * separately: the writer of apache-arrow joins buffers that overlap or touch in memory, whatever their order, which
 * would damage columns that share memory.
 *
 * @param columns arrays that begin at the start of their buffers
 */
export function ipcStream(schema: Schema, columns: readonly Data[], rows: number): IpcStream {
  const message = encodeSchema(arrowFields(schema.fields), [...schema.metadata]);
  return new IpcStream(message, undefined, collect(columns), rows);
}

/** A schema that is encoded once for chunks that differ in their ids and entities. */
interface Template {
  readonly fields: readonly Field[];
  readonly metadata: readonly (readonly [key: string, value: string])[];
  readonly schema: SchemaTemplate;
  readonly batch: RecordBatchMessage;
  readonly nodes: number;
  readonly buffers: number;
}

/** Templates by the last fields of their schemas. */
const templates = new WeakMap<Field, Template[]>();
/** The most templates of a field: to compare more would take longer than to encode a schema. */
const MAX_TEMPLATES = 4;

/**
 * The same for a chunk: its schema is encoded once for all chunks with the same fields.
 *
 * @param schema its metadata ends with the id of the chunk and another value, best the path of its entity
 */
export function chunkStream(schema: Schema, columns: readonly Data[], rows: number): IpcStream {
  const arrays = collect(columns);
  const metadata = [...schema.metadata];
  const [, id] = metadata.at(-2) as [string, string];
  const [key, last] = metadata.at(-1) as [string, string];
  const { fields } = schema;
  const candidates = getOrAdd(templates, fields.at(-1) as Field, () => []);
  let template = candidates.find((one) => isFor(one, fields, metadata));
  if (template === undefined) {
    if (candidates.length === MAX_TEMPLATES) candidates.shift();
    const batch = encodeRecordBatch(arrays.nodes.length / 2, arrays.buffers.length);
    const schemaTemplate = new SchemaTemplate(arrowFields(fields), metadata);
    template = {
      fields,
      metadata,
      schema: schemaTemplate,
      batch,
      nodes: arrays.nodes.length,
      buffers: arrays.buffers.length,
    };
    candidates.push(template);
  }
  // Columns of views have any number of buffers.
  const isSameShape = template.nodes === arrays.nodes.length && template.buffers === arrays.buffers.length;
  const batch = isSameShape ? template.batch : undefined;
  const facts = key === "rerun:entity_path" ? { schema: template, id, entityPath: last } : undefined;
  return new IpcStream(template.schema.fill(id, last).slice(), batch, arrays, rows, facts);
}

function isFor(template: Template, fields: readonly Field[], metadata: Template["metadata"]): boolean {
  return (
    template.fields.length === fields.length &&
    template.fields.every((field, index) => field === fields[index]) &&
    template.metadata.length === metadata.length &&
    template.metadata.every(([key, value], index) => {
      const [otherKey, otherValue] = metadata[index] as readonly [string, string];
      return key === otherKey && (value === otherValue || index >= metadata.length - 2);
    })
  );
}

function collect(columns: readonly Data[]): ArrayCollector {
  const arrays = new ArrayCollector();
  for (const column of columns) collectData(arrays, column);
  return arrays;
}

/** The mark before the length of a message. With the length 0 it is the end. */
const CONTINUATION = -1;
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;

const known = new WeakMap<Field, ArrowField>();

/** Encodes a schema as an Arrow IPC stream without a batch. */
export function writeIpcSchema(schema: Schema): Uint8Array {
  const message = Message.encode(Message.from(schema));
  const size = Math.ceil(message.byteLength / ALIGNMENT) * ALIGNMENT;
  const stream = new Uint8Array(PREFIX_BYTES + size + PREFIX_BYTES);
  const view = new DataView(stream.buffer);
  view.setInt32(0, CONTINUATION, true);
  view.setInt32(PREFIX_BYTES / 2, size, true);
  stream.set(message, PREFIX_BYTES);
  view.setInt32(PREFIX_BYTES + size, CONTINUATION, true);
  return stream;
}

/** Fields as the encoder has them. The schemas of chunks share most of them. */
function arrowFields(fields: readonly Field[]): readonly ArrowField[] {
  for (const field of fields) {
    const converted = known.has(field) ? undefined : arrowField(field);
    if (converted !== undefined) known.set(field, converted);
  }
  const unknown = fields.filter((field) => !known.has(field));
  if (unknown.length > 0) {
    for (const { type, header } of ipcMessages(writeIpcSchema(new Schema(unknown)))) {
      if (type !== HEADER.schema) continue;
      for (const [index, field] of readArrowSchema(header).fields.entries()) known.set(unknown[index] as Field, field);
    }
  }
  return fields.map((field) => known.get(field) as ArrowField);
}
