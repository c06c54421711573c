import { WebSocketWriter, type DeliveryQueue } from "@rerun-ts/core/internal";
import { makeSocket } from "../websocket/make-socket.ts";
import type { DeliveryOptions, Writer } from "./delivery.ts";
import { GrpcWriter, type GrpcWriterEvents } from "../grpc/grpc-writer.ts";

/** What takes the messages of a queue to a server, by the transport that is asked for. */
export function makeWriter(
  queue: DeliveryQueue,
  { transport, ...options }: Omit<DeliveryOptions, "limits">,
  events: GrpcWriterEvents,
): Writer {
  if (transport === "grpc") return new GrpcWriter(queue, options, events);
  const { url, token } = options;
  return new WebSocketWriter(queue, { url, token, makeSocket: makeSocket(options) }, events);
}
