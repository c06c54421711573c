// The entry point `@rerun-ts/reading/query`: the query engine, for sibling packages that query other stores. It is
// not part of the public API.
export type { CheckedChoices, ColumnChoices, CellOf, TypedRow } from "./query/column-choice.ts";
export { makeBatches } from "./query/make-batches.ts";
export { outputSchema } from "./query/output-schema.ts";
export { prepareQuery } from "./query/prepare-query.ts";
export {
  checkQueryOptions,
  QUERY_OPTIONS,
  type QueryOptions,
  resolveSelection,
  type RowSelection,
} from "./query/query-options.ts";
export { selectColumns } from "./query/select-columns.ts";
export {
  allBatches,
  BATCH_ROWS,
  type OutputPlan,
  planOutput,
  TABLE_BATCH_ROWS,
  tableOfBatches,
} from "./reading/plan-output.ts";
export { StoreReader } from "./reading/recording-reader.ts";
export { recordingSchema, type RecordingSchema } from "./reading/recording-schema.ts";
export { CachingLoader, type LoadedChunk } from "./store/caching-loader.ts";
export type { ChunkLoader, LoadOptions } from "./store/chunk-loader.ts";
export { FIRST_TIME, LAST_TIME } from "./store/compare-times.ts";
export { describeChunk } from "./store/describe-chunk.ts";
export { addColumns, chunkIdAt, addManifest } from "./store/read-manifest.ts";
export { SchemaCache } from "./store/schema-cache.ts";
export { StoreIndex, isProperty } from "./store/store-index.ts";
export type { TypedColumnPlan } from "./typed/plan-columns.ts";
export { TypedColumn } from "./typed/typed-column.ts";
