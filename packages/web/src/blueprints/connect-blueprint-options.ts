import type { GrpcWebSinkOptions, SendBlueprintOptions } from "@rerun-ts/core";

/** Options of {@link connectBlueprint}. */
export interface ConnectBlueprintOptions extends GrpcWebSinkOptions, SendBlueprintOptions {
  /** The URL of the viewer or proxy. Default `rerun+http://127.0.0.1:9876/proxy`. */
  url?: string | URL | undefined;
  /** The longest time to wait for the viewer, in milliseconds. Default 10,000. */
  timeoutMs?: number | undefined;
  /** A signal that cancels the wait. Default: none. */
  signal?: AbortSignal | undefined;
}
