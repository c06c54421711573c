// The entry point `@rerun-ts/core/rrd`: frames, footers, manifests and Arrow messages of `.rrd` data, to read them.
// `reading` and the readers of `node`, `web` and `storage` may import it: programs that only log do not load it. It is
// not part of the public API, which has `@rerun-ts/core/decode`.
export { parseExactJson, stringifyExactJson } from "./viewer-control/exact-json.ts";
export { ArrayCollector } from "./arrow/array-collector.ts";
export { checkTable } from "./arrow/check-table.ts";
export { collectArrowStream, type ArrowStream } from "./arrow/collect-arrow-stream.ts";
export { addDictionaries } from "./arrow/dictionary-message.ts";
export { placeAfter, TAGS, type ArrayShape, type BufferPlace } from "./arrow/buffer-places.ts";
export { FlatBufferTable } from "./arrow/flatbuffer-reader.ts";
export { IpcStream } from "./arrow/ipc-stream.ts";
export { encodeRecordBatch, encodeSchema, type RecordBatchMessage } from "./arrow/schema.ts";
export { SchemaTemplate } from "./arrow/schema-template.ts";
export { HEADER, ipcMessages, type IpcMessage } from "./arrow/ipc-messages.ts";
export { readBuffers } from "./arrow/read-stream.ts";
export { readBatch, type BatchHeader } from "./arrow/read-batch.ts";
export { withSchemaMetadata } from "./arrow/with-schema-metadata.ts";
export { asOpaque } from "./arrow/opaque-type.ts";
export { fieldReader, metadataReader, typeIdsOf } from "./arrow/read-fields.ts";
export { readArrowSchema } from "./arrow/arrow-schema.ts";
export { lz4Bound, Lz4Encoder, type Lz4Section } from "./compress/lz4-encode.ts";
export { lz4Decode, lz4DecodeInto } from "./compress/lz4-decode.ts";
export { xxh32 } from "./hash/xxh32.ts";
export { readField, type ProtobufField } from "./protobuf/reader.ts";
export {
  encodeArrowPayload,
  PayloadEncoder,
  type Allocate,
  type ArrowPayload,
  type Compressor,
} from "./rrd/decode/arrow-payload.ts";
export {
  ManifestReader,
  parseChunkId,
  readChunkLayout,
  readChunkManifest,
  type ManifestLayout,
  type ManifestEntry,
} from "./rrd/decode/read-chunk-manifest.ts";
export { checkChunkVersion } from "./rrd/decode/chunk-version.ts";
export { ChunkSchemas, type ReadChunkSchema } from "./rrd/decode/chunk-schemas.ts";
export { SchemaTemplates } from "./rrd/decode/schema-templates.ts";
export { isLegacySchema, modernColumnMetadata, modernSchemaMetadata } from "./rrd/decode/legacy-schema.ts";
export { renamedComponent } from "./rrd/decode/renamed-components.ts";
export { dataframePart, readDataframePart } from "./rrd/decode/dataframe-part.ts";
export { STREAM_FOOTER_LENGTH, decodeFooter, isStreamFooter } from "./rrd/decode/footer.ts";
export { CompleteStoreIds } from "./rrd/decode/complete-store-ids.ts";
export { footerEntry } from "./rrd/decode/footer-entry.ts";
export { decodeMessageFrame } from "./rrd/decode/decode-message-frame.ts";
// Also in `@rerun-ts/core/decode`, which loads the service of servers besides.
export { RrdDecoder } from "./rrd/decode/rrd-decoder.ts";
export { decodeMessage, toStoreId } from "./rrd/decode/decode-message.ts";
export { withStoreId } from "./rrd/decode/with-store-id.ts";
export { decodeStreamHeader, isStreamHeader } from "./rrd/decode/decode-stream-header.ts";
export type { RrdManifest } from "./rrd/decode/stored-messages.ts";
export { BufferPool } from "./rrd/encode/buffer-pool.ts";
export { findConflict } from "./rrd/encode/manifest-names.ts";
export { MESSAGE_HEADER_LENGTH } from "./rrd/encode/message-frame.ts";
export { CHECKSUM_SEED } from "./rrd/encode/rrd-writer.ts";
export { storeKey } from "./rrd/encode/store-id.ts";
export { STREAM_HEADER_LENGTH } from "./rrd/encode/stream-header.ts";
export { readChunkKey, type ChunkPlace } from "./rrd/decode/chunk-key.ts";
export { arrowOfFrame, fetchedArrow } from "./rrd/decode/fetched-chunks.ts";
