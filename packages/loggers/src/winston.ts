// The entry point `@rerun-ts/loggers/winston`.
export { RerunTransport, type RerunTransportOptions } from "./rerun-transport.ts";
