import {
  WebSocketWriter,
  type Credentials,
  type DeliveryQueue,
  type QueueWriter,
  type WriterEvents,
} from "@rerun-ts/core/transport";
import type { GrpcClientOptions } from "./grpc/grpc-client.ts";
import { GrpcWriter } from "./grpc/grpc-writer.ts";
import { createSocketFactory } from "./websocket/socket-factory.ts";

/** The server of a delivery, and the options for connecting to it. */
export interface DeliveryTarget extends GrpcClientOptions, Credentials {
  readonly transport: "grpc" | "websocket";
  /** Replaced when they are renewed: they are read for each connection. */
  headers?: Credentials["headers"];
  /** The `writeToken` of a relay, only for WebSockets. */
  token?: Credentials["token"];
}

/** Creates the writer for the target's transport. */
export function createWriter(queue: DeliveryQueue, target: DeliveryTarget, events: WriterEvents): QueueWriter {
  if (target.transport === "grpc") return new GrpcWriter(queue, target, events);
  const token = async (): Promise<string | undefined> =>
    typeof target.token === "function" ? await target.token() : target.token;
  return new WebSocketWriter(queue, { url: target.url, token, makeSocket: createSocketFactory(target) }, events);
}
