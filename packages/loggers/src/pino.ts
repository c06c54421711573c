/// <reference types="node" preserve="true" />
// The entry point `@rerun-ts/loggers/pino`.
// eslint-disable-next-line import/no-default-export -- pino loads a transport by its default export
export { openPinoTransport as default, type RerunPinoOptions } from "./pino-transport.ts";
export { rerunDestination, type RerunDestination, type RerunDestinationOptions } from "./rerun-destination.ts";
