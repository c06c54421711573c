import { isUint8Array } from "@rerun-ts/core/checks";
import type { IpcStream } from "@rerun-ts/core/rrd";
import { ipcStream } from "../ipc/write-ipc-stream.ts";
import { writtenIpc } from "../ipc/written-ipc.ts";
import type { ChunkData } from "./chunk-data.ts";

/** The Arrow IPC stream of a chunk, possibly still to be written. Apart from chunks, because queries encode none. */
export function streamOf(chunk: ChunkData): Uint8Array | IpcStream {
  const { stream, schema, columns, rows } = chunk;
  if (stream !== undefined) return stream;
  return ipcStream(
    schema,
    columns.map(({ data }) => data),
    rows,
  );
}

/** The Arrow IPC stream of a chunk, without compression. */
export function arrowOf(chunk: ChunkData): Uint8Array {
  const stream = streamOf(chunk);
  return isUint8Array(stream) ? stream : writtenIpc(stream);
}
