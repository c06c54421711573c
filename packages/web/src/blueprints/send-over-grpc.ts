import type { EncodedMessage, GrpcWebSinkOptions, SinkFlushOptions } from "@rerun-ts/core";
import { sendMessages } from "@rerun-ts/core/internal";
import { GrpcSink } from "../transport/grpc-sink.ts";

/** Implements `connectBlueprint`, whose first call loads this module. */
export function sendOverGrpc(
  messages: readonly EncodedMessage[],
  options: GrpcWebSinkOptions,
  limits: Pick<SinkFlushOptions, "timeoutMs" | "signal">,
): Promise<void> {
  return sendMessages(new GrpcSink(options), messages, limits, (message) => {
    // There is no recording that could report.
    console.warn(`[rerun] ${message}`);
  });
}
