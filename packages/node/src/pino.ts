// The door `@rerun-ts/node/pino`.
// eslint-disable-next-line import/no-default-export -- it is how pino finds a transport
export { openPinoTransport as default, type RerunPinoOptions } from "./logs/pino-transport.ts";
export { rerunDestination, type RerunDestination, type RerunDestinationOptions } from "./logs/rerun-destination.ts";
