import type { RecordingStream } from "@rerun-ts/core";
import { checkOptions, type OptionNames, withRerunErrors, invalidArgument } from "@rerun-ts/core/checks";
import { Clock, RowIdColumn, TuidGenerator, tuidText } from "@rerun-ts/core/encode";
import {
  Field,
  FixedSizeBinary,
  Table,
  isArrowRecordBatch,
  isArrowTable,
  makeData,
  tableToIPC,
  type Data,
  type RecordBatch,
} from "apache-arrow";
import { listData } from "../arrays/list-data.ts";
import type { IpcBatch } from "../ipc/ipc-batch.ts";
import { readIpc } from "../ipc/read-ipc.ts";
import { encodeIpc } from "../tools/edit-chunk.ts";
import { planTable, type DataframeOptions, type EntityColumns, type TablePlan } from "./dataframe-columns.ts";
import { sendArrow, type SentRows } from "./send-chunks.ts";
import { timeData } from "./time-columns.ts";

/** A table: of apache-arrow, as an Arrow IPC stream or file, or batch by batch, such as a query. */
export type DataframeSource = Table | RecordBatch | Uint8Array | AsyncIterable<RecordBatch>;

const KNOWN: OptionNames<DataframeOptions> = { index: 1, entityPath: 1, floatIndex: 1 };

/**
 * Sends a table to a recording: each row at its times, each column as a component. The tables of queries fit as they
 * are. Other columns are named `/entity:component`, or belong to `entityPath`. Columns other than lists have one
 * instance in each row.
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
    checkOptions("sendDataframe", options, KNOWN);
    const { floatIndex = "duration" } = options;
    if (floatIndex !== "duration" && floatIndex !== "timestamp")
      throw invalidArgument("floatIndex", '"duration" or "timestamp"', floatIndex);
    const ids = new TuidGenerator();
    const clock = new Clock();
    let rows = 0;
    let chunks = 0;
    for await (const batch of batchesOf(data)) {
      if (batch.rows === 0) continue;
      const plan = planTable(batch.schema, options);
      for (const entity of plan.entities) {
        sendArrow(recording, encodeEntity(batch, plan, entity, ids, clock));
        chunks++;
      }
      rows += batch.rows;
    }
    return { rows, chunks };
  });
}

/** The batches of a table. What comes from apache-arrow is encoded, because its arrays may be parts of others. */
async function* batchesOf(data: DataframeSource): AsyncGenerator<IpcBatch, void, undefined> {
  if (data instanceof Uint8Array) yield* readIpc(data).batches;
  else if (isArrowTable(data)) yield* readIpc(tableToIPC(data, "stream")).batches;
  else if (isArrowRecordBatch(data)) yield* readIpc(tableToIPC(new Table([data]), "stream")).batches;
  else if (typeof data === "object" && data !== null && Symbol.asyncIterator in data) {
    for await (const batch of data) yield* readIpc(tableToIPC(new Table([batch]), "stream")).batches;
  } else throw invalidArgument("data", "a table, a batch, an Arrow IPC stream or an async iterable of batches", data);
}

/** The chunk of an entity, as an Arrow IPC stream. */
function encodeEntity(
  batch: IpcBatch,
  { indexes }: TablePlan,
  { entityPath, components }: EntityColumns,
  ids: TuidGenerator,
  clock: Clock,
): Uint8Array {
  clock.read();
  ids.next(clock);
  const chunkId = `chunk_${tuidText(ids)}`;
  const rowIds = new RowIdColumn().idsAfter(ids, batch.rows);
  ids.skip(batch.rows);
  const fields: Field[] = [ROW_ID, ...indexes.map(({ field }) => field), ...components.map(({ field }) => field)];
  const columns: Data[] = [
    makeData({ type: ROW_ID.type, length: batch.rows, nullCount: 0, data: rowIds }),
    ...indexes.map(({ field, position }) => timeData(batch.column(position), field)),
    ...components.map(({ field, position }) => listData(batch.column(position), field.type)),
  ];
  const metadata = new Map([
    ["rerun:entity_path", entityPath],
    ["rerun:id", chunkId],
    ["sorbet:version", "0.1.4"],
  ]);
  return encodeIpc(fields, columns, batch.rows, metadata);
}

const ROW_ID: Field<FixedSizeBinary> = /* @__PURE__ */ new Field(
  "rerun.controls.RowId",
  /* @__PURE__ */ new FixedSizeBinary(16),
  false,
  /* @__PURE__ */ new Map([
    ["ARROW:extension:metadata", '{"namespace":"row"}'],
    ["ARROW:extension:name", "rerun.datatypes.TUID"],
    ["rerun:is_sorted", "true"],
    ["rerun:kind", "control"],
  ]),
);
