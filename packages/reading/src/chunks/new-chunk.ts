import {
  EntityPath,
  type AsComponents,
  type ColumnsInput,
  type EntityPathLike,
  type StoreId,
  type TimeColumn,
  type EncodedMessage,
} from "@rerun-ts/core";
import { checkEntityPath, checkOptions, InvalidValueError, invalidArgument } from "@rerun-ts/core/checks";
import { ColumnEncoder, encodeRows } from "@rerun-ts/core/encode";
import { decodeMessage } from "@rerun-ts/core/rrd";
import type { ChunkMessage } from "@rerun-ts/core/decode";
import { ChunkData } from "../store/chunk-data.ts";
import { SchemaCache } from "../store/schema-cache.ts";

/** The columns of {@link Chunk.fromColumns}. */
export interface ChunkColumns {
  /** The times of the rows, one column for each timeline. Default: none, so that the rows are static. */
  timelines?: TimeColumn | readonly TimeColumn[] | undefined;
  /** The components, e.g. `rr.Scalars.columns({ scalars })`. All columns must have the same number of rows. */
  columns: ColumnsInput;
}

/** The store id of a new chunk, which belongs to no recording until it is sent. */
const NO_STORE: StoreId = { kind: "recording", applicationId: "", recordingId: "" };

let sharedEncoder: ColumnEncoder | undefined;

/** The encoder and the source of ids of all new chunks, because the ids of later rows must be greater. */
export function chunkEncoder(): ColumnEncoder {
  return (sharedEncoder ??= new ColumnEncoder(NO_STORE));
}

/** Schemas of new chunks: most chunks of a program share a few schemas. */
const schemas = /* @__PURE__ */ new SchemaCache();

/** Makes the data of a chunk from columns. @throws {TypeError | RangeError} if the path or a column is invalid */
export function chunkFromColumns(entityPath: EntityPathLike, columns: ChunkColumns): ChunkData {
  if (columns === undefined) throw invalidArgument("columns", "an object { timelines, columns }", columns);
  checkOptions("Chunk.fromColumns", columns, { timelines: 1, columns: 1 });
  const { timelines: times = [], columns: components } = columns;
  return dataOf(chunkEncoder().encode(pathText("entityPath", entityPath), { times, columns: components }));
}

/**
 * Makes the data of a chunk from a property of a recording.
 * @throws {TypeError | RangeError} if the property is invalid
 */
export function chunkFromProperty(name: string, values: AsComponents): ChunkData {
  if (typeof name !== "string" || name === "") throw invalidArgument("name", "a non-empty string", name);
  const path = EntityPath.of("__properties", ...EntityPath.parse(name).parts).toString();
  const row = { path, data: values, isStatic: true, nameOf: (label: string) => label || "values" };
  try {
    const message = encodeRows(NO_STORE, "log_time", [row]).find(({ kind }) => kind === "chunk");
    if (message === undefined) throw invalidArgument("values", "components of a property", values);
    return dataOf(message);
  } catch (error) {
    throw error instanceof InvalidValueError ? error.toError(error.argument ?? "values") : error;
  }
}

function dataOf({ payload }: EncodedMessage): ChunkData {
  return ChunkData.read((decodeMessage("chunk", payload) as ChunkMessage).readArrow(), schemas);
}

/** The canonical form of a path. @throws {TypeError} if the path is invalid */
export function pathText(argument: string, path: EntityPathLike): string {
  return checkEntityPath(argument, path).toString();
}
