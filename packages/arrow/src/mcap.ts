// The entry point `@rerun-ts/arrow/mcap`: MCAP files as chunks of recordings. It is public.
export { importMcap, mcapChunks, type McapReport } from "./mcap/chunks/mcap-chunks.ts";
export { convertMcap, type ConvertMcapOptions } from "./mcap/chunks/mcap-rrd.ts";
export type { McapDecoder } from "./mcap/chunks/mcap-decoders.ts";
export type { McapOptions } from "./mcap/chunks/mcap-options.ts";
export type { McapProblem } from "./mcap/chunks/problem-log.ts";
export { exportMcap, type ExportMcapOptions, type ExportMcapReport } from "./mcap/export/export-mcap.ts";
export { checkMcap, type McapCheckOptions, type McapCheckReport, type McapTopicCheck } from "./mcap/info/check-mcap.ts";
export {
  mcapInfo,
  type McapChannelInfo,
  type McapCompressionInfo,
  type McapInfo,
  type McapInfoOptions,
} from "./mcap/info/mcap-info.ts";
