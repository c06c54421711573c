// The entry point `@rerun-ts/mcap`: MCAP files as chunks of recordings. It is public.
export { importMcap, mcapChunks, type McapReport } from "./chunks/mcap-chunks.ts";
export { convertMcap, type ConvertMcapOptions } from "./chunks/mcap-rrd.ts";
export type { McapDecoder } from "./chunks/mcap-decoders.ts";
export type { McapOptions } from "./chunks/mcap-options.ts";
export type { McapProblem } from "./chunks/problem-log.ts";
export { exportMcap, type ExportMcapOptions, type ExportMcapReport } from "./export/export-mcap.ts";
export { checkMcap, type McapCheckOptions, type McapCheckReport, type McapTopicCheck } from "./info/check-mcap.ts";
export {
  mcapInfo,
  type McapChannelInfo,
  type McapCompressionInfo,
  type McapInfo,
  type McapInfoOptions,
} from "./info/mcap-info.ts";
