// The parts of the packages that are simulated, as one program: see build.ts.
export {
  ComponentColumn,
  GrpcWebSink,
  RecordingStream,
  WebSocketSink,
  componentBatches,
} from "../../packages/core/src/index.ts";
export { TextBuilder } from "../../packages/core/src/arrow/builder/text-builder.ts";
export { NO_RESERVATION, ReceiveMemory } from "../../packages/node/src/relay/receive-memory.ts";
export { Relay } from "../../packages/node/src/relay/relay.ts";
export { RelayError } from "../../packages/node/src/relay/relay-error.ts";
export { RecordReceiver } from "../../packages/node/src/relay/websocket/record-receiver.ts";
export { ClientWebSocket, expectHello, readFrame } from "../../packages/node/src/relay/websocket/client-websocket.ts";
export { WebSocketSessions } from "../../packages/node/src/relay/websocket/websocket-sessions.ts";
export { pageTransportHooks } from "../../packages/web/src/page/page-transport-hooks.ts";
