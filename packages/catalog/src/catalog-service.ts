// The entry point `@rerun-ts/catalog/service`: the service of catalog servers, its messages and enumerations. It is not
// part of the public API.
export type { DataframePart, EntryId as EntryIdMessage, Schema as SchemaMessage } from "@rerun-ts/core/protobuf";
export { IfDuplicateBehavior } from "@rerun-ts/core/protobuf";
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
