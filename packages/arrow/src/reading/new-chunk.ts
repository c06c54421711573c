import { EntityPath, type ColumnsInput, type EntityPathLike, type StoreId, type TimeColumn } from "@rerun-ts/core";
import { checkOptions, invalidArgument } from "@rerun-ts/core/checks";
import { ColumnEncoder, toEntityPath } from "@rerun-ts/core/encode";
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

/** A chunk belongs to no recording until it is sent. */
const NO_STORE: StoreId = { kind: "recording", applicationId: "", recordingId: "" };

/** The encoder of all chunks, because the ids of later rows must be greater. */
let encoder: ColumnEncoder | undefined;

/** Schemas of chunks that are made here: most chunks of a program have one of a few. */
const schemas = /* @__PURE__ */ new SchemaCache();

/** Makes the data of a chunk from columns. @throws {TypeError | RangeError} if the path or a column is invalid */
export function chunkFromColumns(entityPath: EntityPathLike, columns: ChunkColumns): ChunkData {
  checkOptions("Chunk.fromColumns", columns, { timelines: 1, columns: 1 });
  const { timelines: times = [], columns: components } = columns;
  encoder ??= new ColumnEncoder(NO_STORE);
  const { payload } = encoder.encode(pathText("entityPath", entityPath), { times, columns: components });
  return new ChunkData((decodeMessage("chunk", payload) as ChunkMessage).readArrow(), schemas);
}

/** The canonical form of a path. @throws {TypeError} if it is none */
export function pathText(argument: string, path: EntityPathLike): string {
  if (typeof path === "string") return EntityPath.parse(path).toString();
  if (path instanceof EntityPath) return path.toString();
  if (!Array.isArray(path)) throw invalidArgument(argument, "an entity path: a string, or an array of its parts", path);
  return toEntityPath(path).path.toString();
}
