import { WebSocketWriter, type DeliveryQueue, type QueueWriter, type WriterEvents } from "@rerun-ts/core/internal";
import type { GrpcClientOptions } from "./grpc/grpc-client.ts";
import { GrpcWriter } from "./grpc/grpc-writer.ts";
import { createSocketFactory } from "./websocket/socket-factory.ts";

/** The server of a delivery, and the options for connecting to it. */
export interface DeliveryTarget extends GrpcClientOptions {
  readonly transport: "grpc" | "websocket";
  /** The `writeToken` of a relay; only for WebSockets. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
}

/** Creates the writer for the target's transport. */
export function createWriter(queue: DeliveryQueue, target: DeliveryTarget, events: WriterEvents): QueueWriter {
  if (target.transport === "grpc") return new GrpcWriter(queue, target, events);
  const { url, token } = target;
  return new WebSocketWriter(queue, { url, token, makeSocket: createSocketFactory(target) }, events);
}
