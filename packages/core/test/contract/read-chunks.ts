import { decodeRrd, type ChunkMessage } from "@rerun-ts/core/decode";
import { tableFromIPC, Vector, type StructRow } from "apache-arrow";

/** A chunk as apache-arrow, another implementation than ours, reads it. */
export interface ReadChunk {
  readonly entityPath: string;
  readonly isStatic: boolean;
  readonly rows: number;
  /** The times by timeline, as 64-bit integers. */
  readonly times: Readonly<Record<string, readonly bigint[]>>;
  /** By component: `null` or the list of instances of each row. */
  readonly components: Readonly<Record<string, readonly unknown[]>>;
  /** The metadata of each column. */
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Everything that was logged; without the recording's own properties, unless they are asked for. */
export function readChunks(rrd: Uint8Array, { withProperties = false } = {}): ReadChunk[] {
  return decodeRrd(rrd)
    .filter((message) => message.kind === "chunk")
    .map(readChunk)
    .filter(({ entityPath }) => withProperties || entityPath !== "/__properties");
}

/** All values of one component of one entity, row by row over all chunks. */
export function valuesOf(rrd: Uint8Array, entityPath: string, component: string): unknown[] {
  return readChunks(rrd)
    .filter((chunk) => chunk.entityPath === entityPath)
    .flatMap((chunk) => chunk.components[component] ?? []);
}

/** One chunk. */
export function readChunk(message: ChunkMessage): ReadChunk {
  const table = tableFromIPC(message.readArrow());
  const times: Record<string, bigint[]> = {};
  const components: Record<string, unknown[]> = {};
  const metadata: Record<string, Record<string, string>> = {};
  for (const field of table.schema.fields) {
    const vector = table.getChild(field.name) as Vector;
    const kind = field.metadata.get("rerun:kind");
    metadata[field.name] = Object.fromEntries(field.metadata);
    if (kind === "index") times[field.name] = int64s(vector);
    if (kind === "data") components[field.name] = Array.from(vector, plain);
  }
  return {
    entityPath: table.schema.metadata.get("rerun:entity_path") ?? "",
    isStatic: Object.keys(times).length === 0,
    rows: table.numRows,
    times,
    components,
    metadata,
  };
}

function int64s(vector: Vector): bigint[] {
  return vector.data.flatMap((data) => {
    const { buffer, byteOffset } = data.values as Uint8Array;
    return [...new BigInt64Array(buffer.slice(byteOffset, byteOffset + data.length * 8))];
  });
}

/** Vectors as arrays, structs as objects. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Vector || ArrayBuffer.isView(value)) return Array.from(value as Iterable<unknown>, plain);
  return Object.fromEntries(Object.entries((value as StructRow).toJSON()).map(([name, field]) => [name, plain(field)]));
}
