import type { ArrowField } from "@rerun-ts/core/encode";
import { ArrayCollector, encodeSchema, HEADER, IpcStream, ipcMessages, readArrowSchema } from "@rerun-ts/core/rrd";
import { Message, Schema, type Data, type Field } from "apache-arrow";
import { collectData } from "./collect-data.ts";

/**
 * Columns as an Arrow IPC stream with one batch. Nothing is copied until the stream is written. Each buffer is written
 * separately: the writer of apache-arrow joins buffers that overlap or touch in memory, whatever their order, which
 * would damage columns that share memory.
 *
 * @param columns arrays that begin at the start of their buffers
 */
export function ipcStream(schema: Schema, columns: readonly Data[], rows: number): IpcStream {
  const arrays = new ArrayCollector();
  for (const column of columns) collectData(arrays, column);
  const message = encodeSchema(arrowFields(schema.fields), [...schema.metadata]);
  return new IpcStream(message, undefined, arrays, rows);
}

/** The mark before the length of a message. With the length 0 it is the end. */
const CONTINUATION = -1;
const PREFIX_BYTES = 8;
const ALIGNMENT = 8;

const known = new WeakMap<Field, ArrowField>();

/** Encodes a schema as an Arrow IPC stream without a batch. */
export function writeSchema(schema: Schema): Uint8Array {
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
  const unknown = fields.filter((field) => !known.has(field));
  if (unknown.length > 0) {
    for (const { type, header } of ipcMessages(writeSchema(new Schema(unknown)))) {
      if (type !== HEADER.schema) continue;
      for (const [index, field] of readArrowSchema(header).fields.entries()) known.set(unknown[index] as Field, field);
    }
  }
  return fields.map((field) => known.get(field) as ArrowField);
}
