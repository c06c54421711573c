import { RerunError } from "../errors/rerun-error.ts";
import { concatBytes } from "../bytes/concat-bytes.ts";
import type { ArrowMetadata } from "./arrow-type.ts";
import { padded } from "./array-collector.ts";
import { FlatBufferWriter } from "./flatbuffer.ts";
import { FlatBufferTable } from "./flatbuffer-reader.ts";
import { HEADER, ipcMessages, type IpcMessage } from "./ipc-messages.ts";
import { ENCAPSULATION, encapsulate, writeMetadata } from "./schema.ts";

/**
 * An Arrow IPC stream with one more piece of metadata in its schema, or with another value of an existing key. The
 * fields stay unchanged, whatever their types: the new schema refers to the fields of the old one, which follows it in
 * the same message.
 *
 * @throws {RerunError} `INVALID_FORMAT` if the bytes are not an Arrow IPC stream
 */
export function withSchemaMetadata(stream: Uint8Array, key: string, value: string): Uint8Array<ArrayBuffer> {
  const first = firstMessage(stream);
  if (first?.type !== HEADER.schema) throw new RerunError("INVALID_FORMAT", "the data is not an Arrow IPC stream");
  const { header: schema, metadata: old } = first;
  const pairs = schema.tables(2).map((pair) => [pair.text(0), pair.text(1)] as const);
  const all: ArrowMetadata = [...pairs.filter(([name]) => name !== key), [key, value]];

  const out = new FlatBufferWriter();
  const version = FlatBufferTable.root(new DataView(old.buffer, old.byteOffset, old.byteLength)).int16(0);
  const message = out.table([["i16", version], ["u8", HEADER.schema], ["ref"]]);
  out.setRoot(message);
  const fields = schema.vectorPosition(1);
  const table = out.table([["i16", schema.int16(0)], fields === 0 ? undefined : ["ref"], ["ref"]]);
  out.link(message.slots[2] as number, table);
  writeMetadata(out, table.slots[2] as number, all);
  const start = padded(out.length);
  if (fields !== 0) out.link(table.slots[1] as number, { position: start + fields });
  const both = new Uint8Array(start + old.byteLength);
  both.set(out.bytes);
  both.set(old, start);
  return concatBytes([encapsulate(both), stream.subarray(ENCAPSULATION + old.byteLength)]);
}

function firstMessage(stream: Uint8Array): IpcMessage | undefined {
  try {
    const [first] = ipcMessages(stream);
    return first;
  } catch (error) {
    throw RerunError.from(error, "INVALID_FORMAT");
  }
}
