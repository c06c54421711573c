// The entry point for programs that log through NATS, or serve datasets from NATS.
export type { EdgeAck } from "./edge/nats-sequence.ts";
export { serveDataset, type ServeDatasetOptions } from "./edge/serve-dataset.ts";
export type { NatsConnectOptions } from "./nats/connect-nats.ts";
export { NatsSink, type NatsSinkOptions } from "./nats/nats-sink.ts";
