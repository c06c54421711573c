import type { StoreId } from "@rerun-ts/core";
import { decodeMessage, encodeArrowPayload, readManifest } from "@rerun-ts/core/internal-decode";
import {
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  makeData,
  type Data,
  type DataType,
  type Field,
} from "apache-arrow";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { gather } from "../arrays/gather.ts";
import { childrenOf } from "../arrays/layout.ts";
import { Runs } from "../arrays/runs.ts";
import { storedForm } from "../arrays/stored-types.ts";
import { ChunkData } from "../store/chunk-data.ts";
import type { SchemaCache } from "../store/schema-cache.ts";
import type { ToolMessage } from "./tool-messages.ts";

/** What a copy of a chunk has. */
export interface ChunkEdit {
  /** The store that it belongs to. */
  readonly storeId: StoreId;
  /** The positions of the columns that are left out. Default: none. */
  readonly without?: ReadonlySet<number> | undefined;
  /** The rows that are kept, in order. Default: all. */
  readonly rows?: readonly number[] | undefined;
}

/**
 * Whether the columns of a chunk would keep their types in a copy. If not, a tool that copies parts of chunks must copy
 * all of them: Rerun cannot query a component that has several types.
 */
export function isPlain(chunk: ChunkData): boolean {
  return chunk.layout.components.every(({ field }) => isPlainType(field.type as DataType));
}

function isPlainType(type: DataType): boolean {
  return storedForm(type) === undefined && childrenOf(type).every((child) => isPlainType(child.type as DataType));
}

/** Makes a message with a part of a chunk. The copy has the id of the chunk. */
export function editChunk(
  chunk: ChunkData,
  { storeId, without, rows }: ChunkEdit,
  schemas: SchemaCache,
): Pick<ToolMessage, "message" | "chunk" | "described" | "storeId"> {
  const batch = chunk.toRecordBatch();
  const runs = new Runs();
  for (const row of rows ?? []) runs.push(0, row, 1);
  const fields: Field[] = [];
  const children: Data[] = [];
  for (const [index, field] of batch.schema.fields.entries()) {
    if (without?.has(index) === true) continue;
    const data = batch.data.children[index] as Data;
    fields.push(field);
    children.push(rows === undefined ? data : gather(field.type, [data], runs));
  }
  const arrow = encodeIpc(fields, children, rows?.length ?? chunk.rows, batch.schema.metadata);
  const described = readManifest(arrow);
  const isStatic = described.manifest.timelines.length === 0;
  const payload = encodeArrowPayload({ storeId, chunkId: described.chunkId, isStatic, arrow });
  const message = decodeMessage("chunk", payload) as ChunkMessage;
  return { message, storeId, chunk: new ChunkData(arrow, schemas), described };
}

/** Encodes columns as an Arrow IPC stream. */
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
