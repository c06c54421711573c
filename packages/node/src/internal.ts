export { nodeHost } from "./recording/node-host.ts";
export { Relay } from "./relay/relay.ts";
export type { RelayMessage } from "./relay/relay-message.ts";
export type { RelayReader } from "./relay/relay-reader.ts";
export { FrameReader } from "./relay/grpc/frame-reader.ts";
export { ReceiveMemory } from "./relay/receive-memory.ts";
export { RelayError } from "./relay/relay-error.ts";
