// The entry point `@rerun-ts/node/relay`: the relay and its parts, for servers of other packages. It is not part of
// the public API.
export { FooterMemory } from "./relay/footer-limits.ts";
export { GrpcFrameReader } from "./relay/grpc/grpc-frame-reader.ts";
export { WorkerRelay } from "./relay/hosting/worker-relay.ts";
export { checkGrants, type AccessGrant } from "./relay/http/access-grants.ts";
export { ReceiveMemory } from "./relay/receive-memory.ts";
export { RecordingFiles, hasPlaceholders, unknownPlaceholders } from "./relay/recording-files.ts";
export { RelayFeed } from "./relay/relay-feed.ts";
export { RelayError } from "./relay/relay-error.ts";
export type { RelayMessage } from "./relay/relay-message.ts";
export type { RelayReader } from "./relay/relay-reader.ts";
export { RelayRecorder, type RelayRecorderOptions } from "./relay/relay-recorder.ts";
export { RelayServer, type MakeDump, type RelayServerOptions } from "./relay/relay-server.ts";
export type { RelayStats } from "./relay/relay-stats.ts";
export type { MessageRecorder } from "./relay/message-recorder.ts";
export { Relay } from "./relay/relay.ts";
export {
  GRPC_SERVER_OPTIONS,
  checkServerOptions,
  describeOpenAccess,
  hasAnonymousWriters,
  serverUrl,
} from "./relay/sink/grpc-server-options.ts";
export { relayEndpointOf, type RelayEndpoint } from "./relay/sink/relay-endpoint.ts";
export { serveGrpcRelay, type GrpcServer } from "./relay/sink/serve-grpc.ts";
export { storeInfoOf } from "./relay/store-info-of.ts";
export { forwardTo } from "./relay/upstream-client.ts";
export type { SequenceSettings, Upstream, UpstreamSequence } from "./relay/upstream.ts";
export { isLoopback } from "./net/host-names.ts";
export { pem } from "./net/pem.ts";
export { createSocketFactory } from "./transport/websocket/socket-factory.ts";
export { RecordReceiver } from "./relay/websocket/record-receiver.ts";
