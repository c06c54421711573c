// The entry point `@rerun-ts/node/winston`.
export { RerunTransport, type RerunTransportOptions } from "./logs/rerun-transport.ts";
