import { yieldingRerunErrors, invalidArgument } from "@rerun-ts/core/checks";
import {
  type RecordBatch,
  RecordBatchStreamWriter,
  isArrowSchema,
  type DataType,
  type Schema,
  type Table,
} from "apache-arrow";
import { nulls } from "../arrays/gather.ts";
import { batchOf } from "../arrays/make-array.ts";
import { checkOwnClasses } from "../arrays/own-classes.ts";

/** Batches with one schema, such as a query. */
export interface BatchSource extends AsyncIterable<RecordBatch> {
  /** The schema of all batches. */
  readonly schema: Schema;
}

/** The length of the marker at the end of a stream. */
const END = 8;

/**
 * Encodes batches, or a table, as one Arrow IPC stream. DuckDB, pandas, polars and others read it.
 *
 * @example
 * await writeFile("robot.arrow", encodeArrow(recording.query({ index: "frame" })));
 */
export function encodeArrow(source: BatchSource | Table): AsyncGenerator<Uint8Array, void, undefined> {
  return yieldingRerunErrors(
    (async function* () {
      checkBatches(source);
      const empty = encode(emptyBatch(source.schema));
      // Each batch is encoded as a stream, whose first message is the schema.
      const schemaLength = END + new DataView(empty.buffer, empty.byteOffset).getInt32(4, true);
      yield empty.subarray(0, schemaLength);
      for await (const batch of "batches" in source ? source.batches : source) {
        const bytes = encode(batch);
        yield bytes.subarray(schemaLength, bytes.byteLength - END);
      }
      yield empty.subarray(empty.byteLength - END);
    })(),
  );
}

/** Checks the argument `source`. @throws {TypeError} */
export function checkBatches(source: unknown): void {
  const isObject = typeof source === "object" && source !== null && "schema" in source;
  if (!isObject || !("batches" in source || Symbol.asyncIterator in source))
    throw invalidArgument("source", "a query or an Arrow table", source);
  const { schema } = source;
  if (isArrowSchema(schema))
    checkOwnClasses(
      "source",
      schema.fields.map(({ type }) => type as DataType),
    );
}

function encode(batch: RecordBatch): Uint8Array {
  return RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
}

function emptyBatch(schema: Schema): RecordBatch {
  return batchOf(
    schema,
    0,
    schema.fields.map(({ type }) => nulls(type as DataType, 0)),
  );
}
