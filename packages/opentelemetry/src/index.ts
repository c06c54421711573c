// The entry point `@rerun-ts/opentelemetry`.
export { RerunMetricExporter, type ExportResultLike } from "./rerun-metric-exporter.ts";
export { RerunSpanProcessor } from "./rerun-span-processor.ts";
export type { TelemetryOptions } from "./telemetry-target.ts";
export type { AttributesLike, HrTimeLike, MetricsLike, PointValueLike, SpanLike } from "./telemetry-like.ts";
