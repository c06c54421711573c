// The entry point `@rerun-ts/node/parts`: the parts of recordings in folders. It is not part of the public API.
export { parsePartName } from "./parts/part-name.ts";
export { PARTS_FILE_SINK_OPTIONS, type PartsControl } from "./parts/parts-file-sink-options.ts";
export { controlParts } from "./parts/parts-file-sink.ts";
export { sealAgain } from "./parts/seal-again.ts";
export { sealParts, type SealReport } from "./parts/seal-parts.ts";
