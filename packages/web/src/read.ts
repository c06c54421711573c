// A door of its own, so that pages which only log do not load what reading takes.
export type { ProxyCallOptions } from "./reading/proxy-call.ts";
export { readMessages } from "./reading/read-messages.ts";
export { readTables, sendTable, type ServerTable } from "./reading/tables.ts";
export type { ActivationMessage, ChunkMessage, ServerMessage, StoreInfoMessage } from "@rerun-ts/core/decode";
