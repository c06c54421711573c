// The entry point `@rerun-ts/node/relay-parts`, for edges of `@rerun-ts/cloud` and tests of the relay. It is not part
// of the public API.
export { FooterMemory } from "./relay/footer-limits.ts";
export { FrameReader } from "./relay/grpc/frame-reader.ts";
export { WorkerRelay } from "./relay/hosting/worker-relay.ts";
export { ReceiveMemory } from "./relay/receive-memory.ts";
export { RecordingFiles } from "./relay/recording-files.ts";
export { RelayError } from "./relay/relay-error.ts";
export type { RelayMessage } from "./relay/relay-message.ts";
export type { RelayReader } from "./relay/relay-reader.ts";
export { RelayRecorder } from "./relay/relay-recorder.ts";
export { RelayServer } from "./relay/relay-server.ts";
export { storeInfoOf } from "./relay/store-info.ts";
export { forwardTo } from "./relay/upstream-client.ts";
export { Relay, type MessageRecorder } from "./relay/relay.ts";
export { RecordReceiver } from "./relay/websocket/record-receiver.ts";
