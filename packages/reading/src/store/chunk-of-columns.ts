import { Schema } from "apache-arrow";
import { chunkStream, ipcStream } from "../ipc/write-ipc-stream.ts";
import { ChunkData, type StoredColumn } from "./chunk-data.ts";

/** A chunk of arrays, which begin at the start of their buffers. Its Arrow data is encoded on demand. */
export function chunkOfColumns(
  id: string,
  columns: readonly StoredColumn[],
  rows: number,
  metadata: ReadonlyMap<string, string>,
): ChunkData {
  const fields = columns.map(({ field }) => field);
  const schema = new Schema(fields, new Map([...metadata, ["rerun:id", `chunk_${id}`]]));
  const arrays = columns.map(({ data }) => data);
  const column = (index: number): StoredColumn["data"] => (columns[index] as StoredColumn).data;
  const hasIdLast = fields.length > 0 && [...schema.metadata.keys()].at(-2) === "rerun:id";
  const stream = hasIdLast ? chunkStream : ipcStream;
  return new ChunkData(id, { schema, rows, column }, () => stream(schema, arrays, rows));
}
