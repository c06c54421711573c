// The namespace `serve`: servers that a program runs.
export type { AccessGrant } from "../relay/http/access-grants.ts";
export type { RelayStats } from "../relay/relay-stats.ts";
export { serveCatalog, type CatalogServer } from "../server/serve-catalog.ts";
export type { ServeCatalogOptions } from "../server/serve-catalog-options.ts";
export { serveGrpcRelay, type GrpcServer, type ServeGrpcOptions } from "../relay/sink/serve-grpc.ts";
export { serveWebViewer } from "../web-viewer/serve-web-viewer.ts";
export type { WebViewerServer } from "../web-viewer/viewer-server.ts";
export type { ServeWebViewerOptions, UnpackProgress } from "../web-viewer/serve-web-viewer-options.ts";
