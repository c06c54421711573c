// The entry point for users on Node.
export type {
  ByteSource,
  CreateOptions,
  ListObjectsOptions,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  ReadObjectOptions,
  StoreOptions,
} from "./store/object-store.ts";
export { fsStore } from "./store/fs-store.ts";
export { escapeId, unescapeId } from "./store/keys.ts";
export { s3Store, type S3StoreOptions } from "./s3/s3-store.ts";
export type { S3Credentials, S3CredentialsSource } from "./s3/s3-credentials.ts";
export type { S3LocationOptions } from "./s3/s3-location.ts";
export type { PartStore } from "./parts/part-store.ts";
export type { PartsSinkUploads } from "./parts/parts-sink-uploads.ts";
export { PartsSink, type PartsSinkOptions } from "./spool/parts-sink.ts";
export { pushSpool, type PushOptions, type PushProgress, type PushReport } from "./spool/push-spool.ts";
export type { SentPart } from "./spool/send-part.ts";
export { openParts, type OpenPartsOptions } from "./reading/open-parts.ts";
export { compactParts, type CompactOptions } from "./compact/compact-parts.ts";
export type { CompactReport } from "./compact/compaction.ts";
export type { CompactedParts } from "./compact/compact-recording.ts";
export type { UnchangedPart } from "./compact/merge-parts.ts";
export type { RemovedParts } from "./compact/plan-removal.ts";
export { removeOldParts, type RemovalReport, type RemoveOldPartsOptions } from "./compact/remove-old-parts.ts";
export type { FailedRecording } from "./compact/recording-failures.ts";
export type { Share } from "./compact/share.ts";
export {
  registerParts,
  type PartToRegister,
  type PartsRegistration,
  type RefusedPart,
  type RegisterPartsOptions,
} from "./keeper/register-parts.ts";
export { catalogStore, type CatalogStoreOptions } from "./grants/catalog-store.ts";
export {
  presignedStore,
  type ObjectToSign,
  type PresignUpload,
  type PresignedRequest,
} from "./grants/presigned-store.ts";
export { presignUpload, type PresignUploadOptions } from "./grants/presign-upload.ts";
export { deleteSharedLink, shareLink, type SharedLink, type ShareLinkOptions } from "./share/share-link.ts";
export { shareAppLink, type ShareAppLinkOptions } from "./share/share-app-link.ts";
