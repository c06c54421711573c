// The namespace `opfs`: recordings that pages have written to the origin private file system.
export type { OpfsMessagesOptions } from "../opfs/opfs-messages-options.ts";
export type { OpfsRecording, SendRecordingOptions } from "../opfs/opfs-recording.ts";
export {
  deleteRecording,
  listRecordings,
  openRecording,
  storageEstimate,
  type OpfsEstimate,
  type OpfsRecordingInfo,
} from "../opfs/opfs-recordings.ts";
