// One module to load when the first call is made. In the bundle of the worker it contains the libraries themselves.
export { createNodeHttpClient } from "@connectrpc/connect-node";
export { requestHeader } from "@connectrpc/connect/protocol-grpc";
export { Http2Connection } from "./http2-connection.ts";
