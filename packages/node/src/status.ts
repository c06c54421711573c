// The entry point `@rerun-ts/node/status`: the state of a service, for `/healthz` and Prometheus. It is not part of
// the public API.
export { type StatusMetric, type StatusReport, healthText, metricsText } from "./status/status-report.ts";
