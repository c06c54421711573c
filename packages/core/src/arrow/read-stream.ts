import { RerunError } from "../errors/rerun-error.ts";
import { childrenOf, type ArrowField, type ArrowType } from "./arrow-type.ts";
import { ownBuffers, placeAfter, TAGS, type ArrayShape, type BufferPlace } from "./buffer-places.ts";
import { HEADER, ipcMessages, type IpcMessage } from "./ipc-messages.ts";
import { opaqueLayoutOf } from "./opaque-type.ts";
import { readBatch } from "./read-batch.ts";
import { readArrowSchema, type ArrowSchema } from "./arrow-schema.ts";
import { TYPES } from "./schema.ts";

/** The outermost layer of a column: its nulls and lengths, not the values inside. */
export interface ReadColumn {
  readonly field: ArrowField;
  readonly nullCount: number;
  /** The buffers of the column, without those of its children. */
  readonly buffers: readonly Uint8Array[];
}

/** A stream of one record batch, taken apart. */
export interface ReadStream {
  readonly schema: ArrowSchema;
  readonly rows: number;
  readonly columns: readonly ReadColumn[];
}

/**
 * Reads an Arrow IPC stream of one record batch without copying. Throws `RangeError` if the stream is truncated.
 *
 * @param schemaOf reads the message of the schema, or returns a schema that was read before
 * @throws {RerunError} `UNSUPPORTED` if the stream uses a feature that Rerun's chunks never use
 */
export function readStream(
  bytes: Uint8Array,
  schemaOf: (message: IpcMessage) => ArrowSchema = ({ header }) => readArrowSchema(header),
): ReadStream {
  let schema: ArrowSchema | undefined;
  for (const message of ipcMessages(bytes)) {
    const { type } = message;
    if (type === HEADER.schema) schema = schemaOf(message);
    else if (type === HEADER.dictionary) continue;
    else if (type === HEADER.batch && schema !== undefined) return readColumns(schema, message);
    else throw new RerunError("UNSUPPORTED", `a chunk has an Arrow message that cannot be copied (${type})`);
  }
  throw new RerunError("INVALID_FORMAT", "a chunk has no Arrow data");
}

/**
 * The buffers of some columns of a stream of one record batch, without copying. The buffers of a column are followed by
 * those of its children. Throws as {@link readStream} does.
 */
export function readBuffers(bytes: Uint8Array, names: ReadonlySet<string>): Map<string, readonly Uint8Array[]> {
  const found = new Map<string, readonly Uint8Array[]>();
  let schema: ArrowSchema | undefined;
  for (const { type, header, body } of ipcMessages(bytes)) {
    if (type === HEADER.schema) schema = readArrowSchema(header);
    if (type !== HEADER.batch || schema === undefined) continue;
    const { buffers, views } = readBatch(header);
    let at: BufferPlace = { node: 0, buffer: 0, view: 0 };
    for (const field of schema.fields) {
      const after = placeAfter(field.type, at, views, arrowShapeOf);
      const places = names.has(field.name) ? buffers.slice(at.buffer, after.buffer) : [];
      if (places.length > 0)
        found.set(
          field.name,
          places.map(([offset, length]) => body.subarray(offset, offset + length)),
        );
      at = after;
    }
    break;
  }
  return found;
}

function readColumns(schema: ArrowSchema, { header, body }: IpcMessage): ReadStream {
  const { rows, nodes, buffers: places, compression, views } = readBatch(header);
  if (compression !== undefined)
    throw new RerunError("UNSUPPORTED", "a chunk's Arrow buffers are compressed by themselves");
  let at: BufferPlace = { node: 0, buffer: 0, view: 0 };
  const columns = schema.fields.map((field): ReadColumn => {
    const nullCount = nodes[at.node]?.[1] ?? 0;
    const buffers = places
      .slice(at.buffer, at.buffer + ownBuffers(arrowShapeOf(field.type)))
      .map(([offset, length]) => body.subarray(offset, offset + length));
    at = placeAfter(field.type, at, views, arrowShapeOf);
    return { field, nullCount, buffers };
  });
  if (at.node !== nodes.length || at.buffer !== places.length)
    throw new RerunError("INVALID_FORMAT", "a chunk's columns do not fit its schema");
  // Every row has at least an id.
  if (!(rows >= 0 && rows <= body.byteLength))
    throw new RerunError("INVALID_FORMAT", `a chunk claims to have ${rows} rows`);
  return { schema, rows, columns };
}

/** The parts of a type that say where the buffers of its arrays are. */
export function arrowShapeOf(type: ArrowType): ArrayShape<ArrowType> {
  // The only unions with a name here are dense.
  if (!("write" in type))
    return { tag: TYPES[type.type].tag, isDictionary: false, isSparse: false, children: childrenOf(type) };
  const { tag, isDictionary, fields } = opaqueLayoutOf(type);
  return { tag, isDictionary, isSparse: tag === TAGS.union, children: fields };
}
