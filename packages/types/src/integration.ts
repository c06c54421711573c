// The entry point `@rerun-ts/types/integration`, for packages that connect other libraries with recordings: loggers,
// and libraries with geometries.
export { readGeometry, type Geometry, type GeometryAttribute, type GeometryLike } from "./ext/geometry.ts";
export type { BoundedText } from "./logs/bounded-text.ts";
export { levelOf } from "./logs/level-of.ts";
export { LineLog, type LineLogSetup, type LogBridgeOptions, type LogLine } from "./logs/line-log.ts";
export { writeFields } from "./logs/write-fields.ts";
export { writeValue } from "./logs/write-value.ts";
