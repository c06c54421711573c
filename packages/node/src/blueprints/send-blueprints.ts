import type { BlueprintLike, SendBlueprintOptions } from "@rerun-ts/core";
import { checkOptions, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { blueprintMessages, sendMessages } from "@rerun-ts/core/recording";
import { FileSink } from "../file/file-sink.ts";
import { SPAWN_OPTIONS, checkSpawnOptions, type SpawnOptions } from "../spawn/spawn-options.ts";
import { startViewer, type SpawnInfo } from "../spawn/start-viewer.ts";
import { spawnedViewerUrl } from "../spawn/spawned-viewer-url.ts";
import { GrpcSink } from "../transport/grpc/grpc-sink.ts";
import { GRPC_SINK_OPTIONS, type GrpcSinkOptions } from "../transport/server-sink-options.ts";

/** Options of {@link connectBlueprint}. */
export interface ConnectBlueprintOptions extends GrpcSinkOptions, SendBlueprintOptions {
  /** The URL of the viewer or proxy. Default `rerun+http://127.0.0.1:9876/proxy`. */
  url?: string | URL | undefined;
  /** The longest time to wait for the viewer, in milliseconds. Default 10,000. */
  timeoutMs?: number | undefined;
  /** A signal that cancels the wait. Default: none. */
  signal?: AbortSignal | undefined;
}

/** Options of {@link spawnBlueprint}. */
export interface SpawnBlueprintOptions
  extends Omit<SpawnOptions, "connect" | "defaultBlueprint">, SendBlueprintOptions {}

const ACTIVATION: OptionNames<SendBlueprintOptions> = { makeActive: "boolean", makeDefault: "boolean" };
const CONNECT_OPTIONS: OptionNames<ConnectBlueprintOptions> = {
  ...GRPC_SINK_OPTIONS,
  ...ACTIVATION,
  url: 1,
  timeoutMs: 1,
  signal: 1,
};
const { connect: _connect, defaultBlueprint: _blueprint, ...OWN_SPAWN_OPTIONS } = SPAWN_OPTIONS;
const SPAWN_BLUEPRINT_OPTIONS: OptionNames<SpawnBlueprintOptions> = { ...OWN_SPAWN_OPTIONS, ...ACTIVATION };

/**
 * Saves a layout as a file, without a recording. `rerun scene.rrd layout.rbl` opens it. A later `rerun scene.rrd` shows
 * it again.
 *
 * Rejects with `IO_ERROR` if the file cannot be written, and with `INVALID_ARGUMENT` if the blueprint is invalid.
 *
 * @param applicationId the application whose recordings get the layout
 * @param path the path of the file. Default: the id of the application with `.rbl`
 * @example
 * await rr.saveBlueprint(new rr.blueprint.Spatial3DView({ origin: "/world" }), "my_app", "layout.rbl");
 */
export function saveBlueprint(blueprint: BlueprintLike, applicationId: string, path?: string | URL): Promise<void> {
  return withRerunErrors(async () => {
    const messages = blueprintMessages(blueprint, applicationId);
    await sendMessages(new FileSink(path ?? `${applicationId}.rbl`), messages, {}, warn);
  });
}

/**
 * Sends a layout to a running viewer, without a recording. Settles when the viewer has the layout.
 *
 * Rejects with `TIMEOUT` if the viewer cannot be reached in time, `ABORTED`, or the error of the connection, and with
 * `INVALID_ARGUMENT` if an argument is wrong.
 *
 * @param applicationId the application whose recordings get the layout
 * @example
 * await rr.connectBlueprint(new rr.blueprint.TextLogView(), "my_app", { makeDefault: false });
 */
export function connectBlueprint(
  blueprint: BlueprintLike,
  applicationId: string,
  options: ConnectBlueprintOptions = {},
): Promise<void> {
  return withRerunErrors(async () => {
    checkOptions("connectBlueprint", options, CONNECT_OPTIONS);
    const { url, makeActive, makeDefault, timeoutMs, signal, ...sinkOptions } = options;
    const messages = blueprintMessages(blueprint, applicationId, { makeActive, makeDefault });
    await sendMessages(new GrpcSink(url, sinkOptions), messages, { timeoutMs, signal }, warn);
  });
}

/**
 * Starts a viewer, as `spawn` does, and sends a layout to it, without a recording. Settles when the viewer has the
 * layout.
 *
 * Rejects as `spawn` and {@link connectBlueprint} do.
 *
 * @param applicationId the application whose recordings get the layout
 * @example
 * await rr.spawnBlueprint(new rr.blueprint.Spatial3DView(), "my_app");
 */
export function spawnBlueprint(
  blueprint: BlueprintLike,
  applicationId: string,
  options: SpawnBlueprintOptions = {},
): Promise<SpawnInfo> {
  return withRerunErrors(async () => {
    checkOptions("spawnBlueprint", options, SPAWN_BLUEPRINT_OPTIONS);
    const { makeActive, makeDefault, ...spawnOptions } = options;
    const messages = blueprintMessages(blueprint, applicationId, { makeActive, makeDefault });
    const settings = checkSpawnOptions(spawnOptions);
    const info = await startViewer(settings, warn);
    const { timeoutMs, signal } = spawnOptions;
    await sendMessages(new GrpcSink(spawnedViewerUrl(info.port)), messages, { timeoutMs, signal }, warn);
    return info;
  });
}

/** There is no recording that could report. */
function warn(message: string): void {
  console.warn(`[rerun] ${message}`);
}
