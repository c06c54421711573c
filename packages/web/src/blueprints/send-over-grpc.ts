import type { BlueprintLike } from "@rerun-ts/core";
import { checkOptions, type OptionNames } from "@rerun-ts/core/checks";
import { blueprintMessages, sendMessages } from "@rerun-ts/core/recording";
import { GRPC_WEB_SINK_OPTIONS } from "@rerun-ts/core/transport";
import { GrpcSink } from "../transport/grpc-sink.ts";
import type { ConnectBlueprintOptions } from "./connect-blueprint-options.ts";

const OPTIONS: OptionNames<ConnectBlueprintOptions> = {
  url: 1,
  makeActive: "boolean",
  makeDefault: "boolean",
  timeoutMs: 1,
  signal: 1,
  ...GRPC_WEB_SINK_OPTIONS,
};

/** Implements `connectBlueprint`, whose first call loads this module. */
export function sendOverGrpc(
  blueprint: BlueprintLike,
  applicationId: string,
  options: ConnectBlueprintOptions,
): Promise<void> {
  checkOptions("connectBlueprint", options, OPTIONS);
  const { url, makeActive, makeDefault, timeoutMs, signal, ...sinkOptions } = options;
  const messages = blueprintMessages(blueprint, applicationId, { makeActive, makeDefault });
  return sendMessages(new GrpcSink(url, sinkOptions), messages, { timeoutMs, signal }, (message) => {
    // Printed, because no recording can report it.
    console.warn(`[rerun] ${message}`);
  });
}
