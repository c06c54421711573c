// A separate entry point, so that pages that only log do not load the code for reading.
export type { ProxyCallOptions } from "./reading/proxy-call.ts";
export { readMessages } from "./reading/read-messages.ts";
export { readTables, sendTable, type ArrowStream, type ServerTable } from "./reading/tables.ts";
export type { ActivationMessage, ChunkMessage, ServerMessage, StoreInfoMessage } from "@rerun-ts/core/decode";
