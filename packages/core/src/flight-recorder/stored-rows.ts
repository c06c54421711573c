import type { ArrowType } from "../arrow/arrow-type.ts";
import { placeAfter, type BufferPlace } from "../arrow/buffer-places.ts";
import { HEADER, ipcMessages } from "../arrow/ipc-messages.ts";
import { readBatch } from "../arrow/read-batch.ts";
import { arrowShapeOf } from "../arrow/read-stream.ts";
import type { ComponentDescriptor } from "../batch/component.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { decodeMessage } from "../rrd/decode/decode-message.ts";
import { readChunkLayout, type ManifestLayout } from "../rrd/decode/read-chunk-manifest.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import type { Timeline } from "../time/timeline.ts";
import { isBitSet, type StoredArray } from "./array-reader.ts";

/** A component of stored rows: a list of instances for each row. */
export interface RowsColumn {
  readonly descriptor: ComponentDescriptor;
  /** The type of one instance. */
  readonly arrow: ArrowType;
  readonly parts: StoredArray;
  /** Whether the component has a value in a row. */
  isValid(row: number): boolean;
}

/** The rows of a stored chunk. */
export interface StoredRows {
  readonly entityPath: string;
  readonly rows: number;
  /** 16 bytes for each row, big-endian. */
  readonly ids: Uint8Array;
  /** The times, as little-endian 64-bit integers. */
  readonly times: readonly { readonly timeline: Timeline; readonly values: DataView }[];
  readonly columns: readonly RowsColumn[];
}

/**
 * Reads the rows of an encoded chunk without copying values.
 *
 * @throws {RerunError} `UNSUPPORTED` or `INVALID_FORMAT` if the chunk cannot be read
 * @throws {RangeError} where the data ends early
 */
export function readStoredRows({ payload }: EncodedMessage): StoredRows {
  const message = decodeMessage("chunk", payload);
  if (message.kind !== "chunk") throw new RerunError("INVALID_FORMAT", "the message is not a chunk");
  let layout: ManifestLayout | undefined;
  for (const ipc of ipcMessages(message.readArrow())) {
    if (ipc.type === HEADER.schema) layout = readChunkLayout(ipc);
    else if (ipc.type === HEADER.batch && layout !== undefined) return rowsOf(layout, readBatch(ipc.header), ipc.body);
    else throw new RerunError("UNSUPPORTED", "a chunk has dictionaries");
  }
  throw new RerunError("INVALID_FORMAT", "a chunk has no Arrow data");
}

function rowsOf(layout: ManifestLayout, batch: ReturnType<typeof readBatch>, body: Uint8Array): StoredRows {
  if (batch.compression !== undefined)
    throw new RerunError("UNSUPPORTED", "a chunk's Arrow buffers are compressed by themselves");
  let at: BufferPlace = { node: 0, buffer: 0, view: 0 };
  const parts = layout.schema.fields.map(({ type }): StoredArray => {
    const after = placeAfter(type, at, batch.views, arrowShapeOf);
    const places = batch.buffers.slice(at.buffer, after.buffer);
    const buffers = places.map(([offset, length]) => body.subarray(offset, offset + length));
    const nodes = batch.nodes.slice(at.node, after.node);
    at = after;
    return { nodes, buffers };
  });
  const ids = parts[layout.schema.fields.findIndex(({ name }) => name.endsWith("RowId"))]?.buffers[1];
  if (ids === undefined || ids.byteLength < batch.rows * 16)
    throw new RerunError("INVALID_FORMAT", "a chunk has no row ids");
  const times = layout.timelines.map((timeline, index) => {
    const values = parts[layout.times[index] as number]?.buffers[1] as Uint8Array;
    return { timeline, values: new DataView(values.buffer, values.byteOffset, values.byteLength) };
  });
  const columns = layout.components.map(({ column, descriptor, arrow }): RowsColumn => {
    const own = parts[column] as StoredArray;
    const [validity] = own.buffers;
    const hasNulls = (own.nodes[0]?.[1] ?? 0) !== 0 && validity !== undefined && validity.byteLength > 0;
    return { descriptor, arrow, parts: own, isValid: (row) => !hasNulls || isBitSet(validity, row) };
  });
  return { entityPath: layout.entityPath, rows: batch.rows, ids, times, columns };
}
