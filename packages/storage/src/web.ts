// The entry point for pages.
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
export { escapeId, unescapeId } from "./store/keys.ts";
export { s3Store, type S3StoreOptions } from "./s3/s3-store.ts";
export type { S3Credentials, S3CredentialsSource } from "./s3/s3-credentials.ts";
export type { S3LocationOptions } from "./s3/s3-location.ts";
export type { PartStore } from "./parts/part-store.ts";
export type { PartsSinkUploads } from "./parts/parts-sink-uploads.ts";
export { PartsSink, type PartsSinkOptions } from "./pages/page-parts-sink.ts";
export { openParts, type OpenPartsOptions } from "./reading/open-parts.ts";
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
