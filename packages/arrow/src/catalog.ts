// A separate entry point, so that only programs that connect to a catalog load the code for it.
export type { CatalogCallOptions } from "./catalog/catalog-calls.ts";
export type {
  CatalogBenchmark,
  CatalogClient,
  CatalogUser,
  CatalogVersion,
  EntryChoice,
  ListOptions,
} from "./catalog/catalog-client.ts";
export type { CatalogEntry, CatalogEntryKind } from "./catalog/catalog-entry.ts";
export type { CatalogQuery, CatalogQueryOptions, CatalogQueryProgress } from "./catalog/catalog-query.ts";
export type { CatalogTls } from "./catalog/catalog-transport.ts";
export { connectCatalog, type ConnectCatalogOptions } from "./catalog/connect-catalog.ts";
export type { ReadableTable, SegmentTableOptions } from "./catalog/segment-table-options.ts";
export type { AssetMode } from "./catalog/asset-coverage.ts";
export type { DatasetEntry, RegisterAssetOptions, RegisterBlueprintOptions } from "./catalog/dataset-entry.ts";
export type { RegisterOptions, UnregisterOptions, UploadOptions } from "./catalog/dataset-registrations.ts";
export type { StoredProperties } from "./catalog/segment-properties.ts";
export type { UploadProgress } from "./catalog/put-object.ts";
export type { StageObjectOptions, StageOptions, UploadSource } from "./catalog/upload.ts";
export type { DatasetInfo, LayerInfo, TimelineInfo } from "./catalog/dataset-info.ts";
export type { Layer } from "./catalog/layer.ts";
export type { CatalogIndexValues } from "./catalog/query-values.ts";
export type { RegistrationOperation, RegistrationResult } from "./catalog/registration.ts";
export type { DatasetSelection, SegmentChoice } from "./catalog/dataset-selection.ts";
export type { SegmentRow, SegmentTypedColumns } from "./catalog/typed-segments.ts";
export type { Segment } from "./catalog/segment.ts";
export type { SegmentTimes } from "./catalog/segment-link.ts";
export type { TableColumns } from "./catalog/batch-of-columns.ts";
export type { RegisterTableBlueprintOptions, TableEntry, TableRows } from "./catalog/table-entry.ts";
export type { WaitOptions } from "./catalog/tasks.ts";
