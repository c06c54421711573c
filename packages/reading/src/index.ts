export { blueprintToCode, type BlueprintCodeOptions } from "./blueprint-code/blueprint-to-code.ts";
export type { ColumnValues } from "./chunks/instances.ts";
export type { PrintChunkOptions } from "./chunks/print-chunk.ts";
export { compareRrd, type CompareOptions } from "./compare/compare-rrd.ts";
export type { CompareReport } from "./compare/recording-comparison.ts";
export type { RecordingDifference } from "./compare/recording-difference.ts";
export { derive } from "./lenses/derive.ts";
export type {
  ArchetypeClass,
  ArchetypeField,
  DeriveOptions,
  Lens,
  LensColumn,
  Lenses,
  LensFields,
  LensInput,
  LensTarget,
  LensTimeline,
  LensValue,
} from "./lenses/lens.ts";
export { lens } from "./lenses/lens-sink.ts";
export type { LiveRecording } from "./live/live-recording.ts";
export type { LiveBuffer, LiveMessage, LiveSource } from "./live/live-source.ts";
export { openLive, type OpenLiveOptions } from "./live/open-live.ts";
export { Chunk } from "./reading/chunk.ts";
export type { ChunkColumns } from "./chunks/new-chunk.ts";
export { encodeParquet } from "./reading/encode-parquet.ts";
export { encodeArrow, type BatchSource } from "./reading/encode-arrow.ts";
export type { RecordingChoice } from "./reading/choose-recording.ts";
export { openRrd, type LeftOutPart, type OpenRrdOptions, type RrdFile } from "./reading/open-rrd.ts";
export { openRrdParts, type OpenRrdPartsOptions } from "./reading/open-rrd-parts.ts";
export { plainRows, type PlainRow } from "./reading/plain-rows.ts";
export type { PlainValue } from "./values/plain-value.ts";
export type { RecordedSource } from "./reading/recorded-source.ts";
export { recordingContents, type RecordingContentsOptions } from "./reading/recording-contents.ts";
export type { RecordingInfo } from "./reading/recording-info.ts";
export type { ChunkFilter, LatestAtOptions, RecordingReader } from "./reading/recording-reader.ts";
export type { RecordingSchema } from "./reading/recording-schema.ts";
export type { Query } from "./reading/query.ts";
export type {
  CellOf,
  CheckedChoices,
  ColumnChoice,
  ColumnChoices,
  TimeForm,
  TimeOf,
  TypedRow,
} from "./query/column-choice.ts";
export { col, FilterColumn, RowFilter, type OrderedValue } from "./query/row-filter.ts";
export type { TreeRow, TreeRowsOptions, TreeValues } from "./typed/tree-row.ts";
export type { StoredNumbers, TypedColumn } from "./typed/typed-column.ts";
export type { SubscribeOptions } from "./query/subscribe-options.ts";
export type { QueryOptions } from "./query/query-options.ts";
export type { Damage } from "./source/frame-reader.ts";
export { fromUrl } from "./source/from-url.ts";
export type { FromUrlOptions } from "./source/read-ranges.ts";
export type { RrdSource } from "./source/open-source.ts";
export type { FileLike, BlobSlice, RandomAccess, ReadOptions, ReadProgress } from "./source/random-access.ts";
export { sendChunks, type SentRows } from "./sending/send-chunks.ts";
export { sendDataframe, type DataframeSource } from "./sending/send-dataframe.ts";
export type { DataframeOptions } from "./chunks/table-columns.ts";
export { vectorBatch, type VectorBatchOptions } from "./sending/vector-batch.ts";
export type { FloatIndex } from "./chunks/time-columns.ts";
export type { Chunks } from "./streams/checked-chunks.ts";
export type { ChunkCondition, ChunkSelection } from "./streams/chunk-selection.ts";
export { ChunkStore } from "./streams/chunk-store.ts";
export { ChunkStream, type MappedChunk, type ShareOptions } from "./streams/chunk-stream.ts";
export type { RrdTarget, WriteRrdOptions } from "./streams/encode-chunks.ts";
export type { ChunkInfo, ComponentColumn, ComponentSpan, IndexColumn, TimeSpan } from "./store/chunk-info.ts";
export { filterRrd, type FilterOptions } from "./tools/filter-rrd.ts";
export { mergeRrd, repairRrd, type RepairOptions, type RepairReport } from "./tools/merge-rrd.ts";
export type { OptimizeOptions, OptimizeProfile } from "./tools/optimize-options.ts";
export { optimizeRrd } from "./tools/optimize-rrd.ts";
export { migrateRrd } from "./tools/migrate-rrd.ts";
export { printRrd, type PrintedMessage, type PrintOptions } from "./tools/print-rrd.ts";
export { routeRrd, type RouteOptions } from "./tools/route-rrd.ts";
export { splitRrd, type SplitOptions, type SplitPart } from "./tools/split-rrd.ts";
export type { CountStats, SizeStats } from "./tools/size-stats.ts";
export type { IndexStats } from "./tools/index-stats.ts";
export { rrdStats, type RrdSizes, type RrdStats, type StatsOptions } from "./tools/stats-rrd.ts";
export type { RrdSources, SourceDamage, SourceProgress, ToolOptions } from "./tools/tool-options.ts";
export { verifyRrd, type VerifyOptions, type VerifyProblem, type VerifyReport } from "./tools/verify-rrd.ts";
export type { RecordedVideoOptions } from "./video/video-window.ts";
