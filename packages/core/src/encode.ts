// The entry point `@rerun-ts/core/encode`: Arrow builders, row ids, times, entity paths, and the encoder of recordings.
// All packages of this repository but the integrations may import it. It is not part of the public API.
export type { ArrowField, ArrowType } from "./arrow/arrow-type.ts";
export type { ArrayBuilder } from "./arrow/builder/array-builder.ts";
export { LargeTextBuilder } from "./arrow/builder/large-text-builder.ts";
export { BoolBuilder, FixedSizeBinaryBuilder, NullBuilder, PrimitiveBuilder } from "./arrow/builder/leaf-builders.ts";
export { FixedSizeListBuilder, ListBuilder } from "./arrow/builder/nested-builders.ts";
export { MAX_NESTING } from "./arrow/read-fields.ts";
export { StructBuilder } from "./arrow/builder/struct-builder.ts";
export { TextBuilder } from "./arrow/builder/text-builder.ts";
export { UnionBuilder } from "./arrow/builder/union-builder.ts";
export { isComponentColumn } from "./batch/component-column.ts";
export { describeField } from "./batch/component-batches.ts";
export { fieldOf } from "./batch/component-column.ts";
export { fieldWriterOf, type ComponentField, type FieldWriter } from "./batch/component.ts";
export { RowIdColumn, TuidGenerator, tuidText } from "./batch/tuid.ts";
export { contentFilter } from "./entity/content-filter.ts";
export { isEntityPath, toEntityPath } from "./entity/entity-path.ts";
export type { ColumnsLike } from "./batch/column-chunks.ts";
export { ColumnEncoder, type NewChunkIds } from "./recording/column-encoder.ts";
export { encodeRbl } from "./recording/blueprint-messages.ts";
export { encodeRows, type StoreRow } from "./recording/encode-rows.ts";
export { encodeMessageHeader } from "./rrd/encode/message-frame.ts";
export { RrdWriter, encodeRrd } from "./rrd/encode/rrd-writer.ts";
export { storeKey } from "./rrd/encode/store-id.ts";
export { Clock } from "./time/clock.ts";
export { toBigInt, type Int64 } from "./time/int64.ts";
export { timeText } from "./time/time-text.ts";
export { resolveDuration, resolveTimeValue, resolveTimestamp, type TimeCell } from "./time/time-value.ts";
