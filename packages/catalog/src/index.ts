// A separate entry point, so that only programs that connect to a catalog load the code for it.
export type { CatalogCallOptions } from "./catalog-calls.ts";
export type {
  CatalogBenchmark,
  CatalogClient,
  CatalogUser,
  CatalogVersion,
  EntryChoice,
  ListOptions,
} from "./catalog-client.ts";
export type { CatalogEntry, CatalogEntryKind } from "./catalog-entry.ts";
export type { CatalogQuery, CatalogQueryOptions, CatalogQueryProgress } from "./catalog-query.ts";
export type { CatalogTls } from "./catalog-transport.ts";
export { connectCatalog, type ConnectCatalogOptions } from "./connect-catalog.ts";
export type { ReadableTable, SegmentTableOptions } from "./segment-table-options.ts";
export type { AssetMode } from "./asset-coverage.ts";
export type { DatasetEntry, RegisterAssetOptions, RegisterBlueprintOptions } from "./dataset-entry.ts";
export type { RegisterOptions, UnregisterOptions, UploadOptions } from "./dataset-registrations.ts";
export type { StoredProperties } from "./segment-properties.ts";
export type { UploadProgress } from "./put-object.ts";
export type { StageObjectOptions, StageOptions, UploadSource } from "./upload.ts";
export type { DatasetInfo, LayerInfo, TimelineInfo } from "./dataset-info.ts";
export type { Layer } from "./layer.ts";
export type { CatalogIndexValues } from "./query-values.ts";
export type { RegistrationOperation, RegistrationResult } from "./registration.ts";
export type { DatasetSelection, SegmentChoice } from "./dataset-selection.ts";
export type { SegmentRow, SegmentTypedColumns } from "./typed-segments.ts";
export type { Segment } from "./segment.ts";
export type { SegmentTimes } from "./segment-link.ts";
export type { TableColumns } from "./batch-of-columns.ts";
export type { RegisterTableBlueprintOptions, TableEntry, TableRows } from "./table-entry.ts";
export type { WaitOptions } from "./tasks.ts";
