// The entry point for programs that log through NATS.
export type { NatsConnectOptions } from "./nats/connect-nats.ts";
export { NatsSink, type NatsSinkOptions } from "./nats/nats-sink.ts";
