// The entry point `@rerun-ts/core/storage`: messages in segments on any platform, and the spool.
// `node` and `web` may import it. It is not part of the public API.
export { checkSpooledSink } from "./spool/check-spooled-sink.ts";
export type { SegmentReader } from "./spool/spool-forwarder.ts";
export { MAX_RETAINED_BYTES, RetainedMessages } from "./sink/retained-messages.ts";
export { SpoolSink } from "./spool/spool-sink.ts";
export type { SpoolSegment, SpoolStore, SpoolStoreEvents } from "./spool/spool-store.ts";
export {
  checkSegmentVersions,
  parseSegmentName,
  segmentName,
  sortSegments,
  type CreatedSegment,
  type FoundSegment,
  type SegmentFile,
  type SegmentFolder,
  type SegmentKind,
  type SegmentBytes,
} from "./storage/segment-file.ts";
export { completeLength } from "./storage/segment-length.ts";
export { withoutRanges } from "./storage/segment-videos.ts";
export { SegmentLog, type EvictedSegment } from "./storage/segment-log.ts";
export { toStoredMessage, type StoredMessage } from "./storage/stored-message.ts";
