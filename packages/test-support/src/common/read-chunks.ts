import { decodeRrd, type ChunkMessage } from "@rerun-ts/core/decode";
import { DataType, Precision, tableFromIPC, Vector, type StructRow } from "apache-arrow";

/** A chunk as read by apache-arrow, an independent implementation. */
export interface ReadChunk {
  readonly entityPath: string;
  readonly isStatic: boolean;
  readonly rows: number;
  /** The times by timeline, as 64-bit integers. */
  readonly times: Readonly<Record<string, readonly bigint[]>>;
  /** The rows of each component: a list of instances, or `null`. Each component is converted when it is read. */
  readonly components: Readonly<Record<string, readonly unknown[]>>;
  /** The number of instances in the rows of each component, or `null`, without a conversion of the instances. */
  readonly counts: Readonly<Record<string, readonly (number | null)[]>>;
  /** The metadata of each column. */
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Reads the chunks of a `.rrd`, by default without the chunks of the recording's properties. */
export function readChunks(rrd: Uint8Array, { withProperties = false } = {}): ReadChunk[] {
  return decodeRrd(rrd)
    .filter((message) => message.kind === "chunk")
    .map(readChunk)
    .filter(({ entityPath }) => withProperties || entityPath !== "/__properties");
}

/** The values of a component of an entity, row by row, over all chunks. */
export function valuesOf(rrd: Uint8Array, entityPath: string, component: string): unknown[] {
  return readChunks(rrd)
    .filter((chunk) => chunk.entityPath === entityPath)
    .flatMap((chunk) => chunk.components[component] ?? []);
}

export function readChunk(message: ChunkMessage): ReadChunk {
  const table = tableFromIPC(message.readArrow());
  const times: Record<string, bigint[]> = {};
  const components: Record<string, unknown[]> = {};
  const counts: Record<string, (number | null)[]> = {};
  const metadata: Record<string, Record<string, string>> = {};
  for (const field of table.schema.fields) {
    const vector = table.getChild(field.name) as Vector;
    const kind = field.metadata.get("rerun:kind");
    metadata[field.name] = Object.fromEntries(field.metadata);
    if (kind === "index") times[field.name] = int64s(vector);
    if (kind !== "data") continue;
    defineLazily(components, field.name, () => Array.from(vector, plain));
    defineLazily(counts, field.name, () => Array.from(vector as Iterable<Vector | null>, (row) => row?.length ?? null));
  }
  return {
    entityPath: table.schema.metadata.get("rerun:entity_path") ?? "",
    isStatic: Object.keys(times).length === 0,
    rows: table.numRows,
    times,
    components,
    counts,
    metadata,
  };
}

function int64s(vector: Vector): bigint[] {
  return vector.data.flatMap((data) => {
    const { buffer, byteOffset } = data.values as Uint8Array;
    return [...new BigInt64Array(buffer.slice(byteOffset, byteOffset + data.length * 8))];
  });
}

/** Defines a property that is computed when it is first read. */
function defineLazily(target: object, name: string, compute: () => unknown): void {
  const define = (property: PropertyDescriptor): unknown =>
    Object.defineProperty(target, name, { ...property, enumerable: true, configurable: true });
  define({
    get() {
      const value = compute();
      define({ value });
      return value;
    },
  });
}

/** Converts vectors to arrays and structs to objects. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Iterable<unknown> & ArrayBufferView);
  if (value instanceof Vector) return hasNumbers(value) ? Array.from(value.toArray()) : Array.from(value, plain);
  return Object.fromEntries(Object.entries((value as StructRow).toJSON()).map(([name, field]) => [name, plain(field)]));
}

/** Whether the values of a vector are stored as the numbers that they are: large ones are copied together. */
function hasNumbers({ type, nullCount }: Vector): boolean {
  return nullCount === 0 && (DataType.isInt(type) || (DataType.isFloat(type) && type.precision !== Precision.HALF));
}
