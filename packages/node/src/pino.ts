// The entry point `@rerun-ts/node/pino`.
// eslint-disable-next-line import/no-default-export -- pino loads a transport by its default export
export { openPinoTransport as default, type RerunPinoOptions } from "./logs/pino-transport.ts";
export { rerunDestination, type RerunDestination, type RerunDestinationOptions } from "./logs/rerun-destination.ts";
