export { nodeHost } from "./recording/node-host.ts";
export { Relay } from "./relay/relay.ts";
export type { RelayMessage } from "./relay/relay-message.ts";
export type { RelayReader } from "./relay/relay-reader.ts";
export { FrameReader, IncompleteMessages } from "./relay/frame-reader.ts";
export { RelayRefusal } from "./relay/relay-refusal.ts";
