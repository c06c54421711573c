import type { RecordingStream } from "@rerun-ts/core";
import { checkRecording, withRerunErrors, invalidArgument } from "@rerun-ts/core/checks";
import { ImportPace } from "@rerun-ts/core/recording";
import type { RecordBatch, Table } from "apache-arrow";
import type { DataframeOptions } from "../chunks/table-columns.ts";
import { batchChunks, batchesOf, checkTableOptions, tableBatches } from "../chunks/table-chunks.ts";
import type { IpcBatch } from "../ipc/ipc-batch.ts";
import { sendChunk, type SentRows } from "./send-chunks.ts";

/** A table: of apache-arrow, as an Arrow IPC stream or file, or batch by batch, such as a query. */
export type DataframeSource = Table | RecordBatch | Uint8Array | AsyncIterable<RecordBatch>;

/**
 * Sends a table to a recording: each row at its times, each column as a component. The tables of queries fit as they
 * are. Other columns are named `/entity:component`, or belong to `entityPath`. Columns other than lists have one
 * instance in each row. Waits while slow sinks have data pending. Ends early if the recording is closed.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` if the table or an option is wrong, or the timelines are unknown
 * @throws {RerunError} `INVALID_DATA` if a time is null or out of range, `INVALID_FORMAT` if IPC data is damaged,
 * `UNSUPPORTED` if components cannot have an Arrow type
 *
 * @example
 * const table = tableFromArrays({ frame: new BigInt64Array([0n, 1n]), speed: new Float64Array([0.5, 0.7]) });
 * await sendDataframe(recording, table, { index: "frame", entityPath: "/robot" });
 */
export function sendDataframe(
  recording: RecordingStream,
  data: DataframeSource,
  options: DataframeOptions = {},
): Promise<SentRows> {
  return withRerunErrors(async () => {
    checkRecording(recording, "stats");
    checkTableOptions("sendDataframe", options);
    let rows = 0;
    let chunks = 0;
    const pace = new ImportPace(recording);
    for await (const batch of batchesIn(data)) {
      for (const chunk of batchChunks(batch, options)) {
        const bytes = sendChunk(recording, chunk, "sendDataframe");
        if (bytes === undefined) return { rows, chunks };
        chunks++;
        await pace.after(bytes);
      }
      rows += batch.rows;
    }
    return { rows, chunks };
  });
}

async function* batchesIn(data: DataframeSource): AsyncGenerator<IpcBatch, void, undefined> {
  const batches = tableBatches(data, "data");
  if (batches !== undefined) yield* batches;
  else if (typeof data === "object" && data !== null && Symbol.asyncIterator in data) {
    for await (const batch of data) yield* batchesOf(batch, "data");
  } else throw invalidArgument("data", "a table, a batch, an Arrow IPC stream or an async iterable of batches", data);
}
