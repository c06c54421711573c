import {
  getGlobalRecording as getCoreRecording,
  setGlobalRecording as setCoreRecording,
  type RecordingOptions,
  type RecordingStream as CoreRecording,
} from "@rerun-ts/core";
import { checkOptions, type OptionNames, invalidArgument } from "@rerun-ts/core/checks";
import { RECORDING_OPTIONS, promisedBy, replaceGlobalRecording } from "@rerun-ts/core/recording";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import type { LogPathOptions } from "./log-path.ts";
import type { GrpcServer, ServeGrpcOptions } from "../relay/sink/serve-grpc.ts";
import { checkSpawnOptions, type SpawnOptions } from "../spawn/spawn-options.ts";
import type { SpawnInfo } from "../spawn/start-viewer.ts";
import {
  RecordingStream,
  isOwnRecording,
  type ConnectGrpcOptions,
  type ConnectWebSocketOptions,
  type SaveOptions,
  type SavePartsOptions,
} from "./recording-stream.ts";

/** Options of {@link init}. */
export interface InitOptions extends RecordingOptions {
  /**
   * Whether to start a viewer in the background and send to it, or its options. Default `false`. `true` is
   * short for `void spawn(…)`.
   */
  spawn?: boolean | SpawnOptions | undefined;
}

const INIT_OPTIONS: OptionNames<InitOptions> = { ...RECORDING_OPTIONS, spawn: 1 };

/**
 * Creates the global recording for the module functions. A previous one is closed in the background.
 *
 * @param applicationId the name of the application, which groups recordings and blueprints in the viewer
 * @throws {TypeError} if an argument is wrong
 *
 * @example
 * rr.init("my_app", { spawn: true });
 * rr.log("points", new rr.Points3D([[0, 0, 0]]));
 */
export function init(applicationId: string, options: InitOptions = {}): RecordingStream {
  checkOptions("init", options, INIT_OPTIONS);
  const { spawn: viewer = false, ...recordingOptions } = options;
  if (typeof viewer !== "boolean" && (typeof viewer !== "object" || viewer === null))
    throw invalidArgument("spawn", "true, false or the options of `spawn`", viewer);
  const spawnOptions = viewer === true ? {} : viewer;
  if (spawnOptions !== false) checkSpawnOptions(spawnOptions);
  const recording = replaceGlobalRecording(new RecordingStream(applicationId, recordingOptions));
  if (spawnOptions !== false) void recording.spawn(spawnOptions);
  return recording;
}

/**
 * The global recording of the last {@link init} or {@link setGlobalRecording}, or `undefined` if there is none. Within
 * `runWith`, its recording.
 */
export function getGlobalRecording(): RecordingStream | undefined {
  return ofNode(getCoreRecording());
}

/**
 * Replaces the global recording, or removes it. Returns the previous one, which stays open. Within `runWith` the module
 * functions still use its recording.
 */
export function setGlobalRecording(recording: RecordingStream | undefined): RecordingStream | undefined {
  return ofNode(setCoreRecording(recording));
}

function ofNode(recording: CoreRecording | undefined): RecordingStream | undefined {
  return isOwnRecording(recording) ? recording : undefined;
}

/** {@link RecordingStream.save} on the global recording. */
export function save(path: string | URL, options?: SaveOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.save(path, options));
}

/** {@link RecordingStream.saveParts} on the global recording. */
export function saveParts(folder: string | URL, options?: SavePartsOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.saveParts(folder, options));
}

/** {@link RecordingStream.stdout} on the global recording. */
export function stdout(options?: SaveOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.stdout(options));
}

/** {@link RecordingStream.connectGrpc} on the global recording. */
export function connectGrpc(url?: string | URL, options?: ConnectGrpcOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.connectGrpc(url, options));
}

/** {@link RecordingStream.connectWebSocket} on the global recording. */
export function connectWebSocket(url?: string | URL, options?: ConnectWebSocketOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.connectWebSocket(url, options));
}

/** {@link RecordingStream.serveGrpc} on the global recording. */
export function serveGrpc(options?: ServeGrpcOptions): Promise<GrpcServer> {
  return promisedBy(getGlobalRecording(), (recording) => recording.serveGrpc(options));
}

/** {@link RecordingStream.spawn} on the global recording. */
export function spawn(options?: SpawnOptions): Promise<SpawnInfo> {
  return promisedBy(getGlobalRecording(), (recording) => recording.spawn(options));
}

/** {@link RecordingStream.logFileFromContents} on the global recording. */
export function logFileFromContents(
  name: string,
  contents: BlobLike | BlobWithType,
  options?: LogFileOptions,
): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.logFileFromContents(name, contents, options));
}

/** {@link RecordingStream.logFileFromPath} on the global recording. */
export function logFileFromPath(path: string | URL, options?: LogPathOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.logFileFromPath(path, options));
}
