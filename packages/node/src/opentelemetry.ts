// The entry point `@rerun-ts/node/opentelemetry`.
export { RerunMetricExporter, type ExportResultLike } from "./telemetry/rerun-metric-exporter.ts";
export { RerunSpanProcessor } from "./telemetry/rerun-span-processor.ts";
export type { TelemetryOptions } from "./telemetry/telemetry-target.ts";
export type { AttributesLike, HrTimeLike, MetricsLike, PointValueLike, SpanLike } from "./telemetry/telemetry-like.ts";
