// The entry point for the sibling packages that read: nothing here is part of the public API.
export { FlatBufferTable } from "./arrow/flatbuffer-reader.ts";
export type { RrdManifest } from "./gen/rerun/log_msg/v1alpha1/log_msg_pb.ts";
export { xxh32 } from "./hash/xxh32.ts";
export { readDataframePart } from "./rrd/decode/dataframe-part.ts";
export { decodeFooter, isStreamFooter, STREAM_FOOTER_LENGTH } from "./rrd/decode/footer.ts";
export { decodeMessageFrame, type MessageFrame } from "./rrd/decode/message-frame.ts";
export { decodeMessage, toStoreId } from "./rrd/decode/messages.ts";
export { moveToStore } from "./rrd/decode/move-to-store.ts";
export { readManifest, type DescribedChunk } from "./rrd/decode/chunk-manifest.ts";
export { decodeStreamHeader, isStreamHeader } from "./rrd/decode/stream-header.ts";
export { encodeArrowPayload, type ArrowChunk } from "./rrd/encode/arrow-payload.ts";
export { MESSAGE_HEADER_LENGTH } from "./rrd/encode/message-frame.ts";
export { CHECKSUM_SEED } from "./rrd/encode/rrd-writer.ts";
export { storeKey } from "./rrd/encode/store-id.ts";
export { STREAM_HEADER_LENGTH } from "./rrd/encode/stream-header.ts";
