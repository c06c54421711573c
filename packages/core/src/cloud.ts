// The entry point `@rerun-ts/core/cloud`: the service of catalog servers, its messages and enumerations. Only `arrow`
// may import it, for catalogs, so no other program loads it. It is not part of the public API.
export type {
  DataframePart,
  EntryId as EntryIdMessage,
  Schema as SchemaMessage,
} from "./gen/rerun/common/v1alpha1/common_pb.ts";
export { IfDuplicateBehavior } from "./gen/rerun/common/v1alpha1/common_pb.ts";
export {
  ContentSelectionSchema,
  DataSourceKind,
  DirectUrlMode,
  EntitySelectionSchema,
  EntryKind,
  FillMode,
  FindChunksRequestSchema,
  LanceTableSchema,
  RerunCloudService as cloudService,
  SegmentSelectionSchema,
  TableInsertMode,
  UploadMethod,
  UrlSigning,
  WriteTableRequestSchema,
  type DatasetEntry as DatasetEntryMessage,
  type FindChunksRequest,
  type HttpRequest as HttpRequestMessage,
  type EntryDetails as EntryDetailsMessage,
  type TableEntry as TableEntryMessage,
} from "./gen/rerun/cloud/v1alpha1/cloud_pb.ts";
export { readChunkKey, type ChunkPlace } from "./rrd/decode/chunk-key.ts";
export { arrowOfFrame, fetchedArrow } from "./rrd/decode/fetched-chunks.ts";
export { timeText } from "./viewer-control/time-text.ts";
