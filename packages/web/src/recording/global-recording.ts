import {
  getGlobalRecording as getCoreRecording,
  setGlobalRecording as setCoreRecording,
  type RecordingOptions,
} from "@rerun-ts/core";
import { promisedBy, replaceGlobalRecording } from "@rerun-ts/core/recording";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import type { DownloadOptions, DownloadResult } from "../download/download-options.ts";
import type { ConnectGrpcOptions } from "../transport/connect-grpc.ts";
import type { ConnectWebSocketOptions } from "../transport/connect-websocket.ts";
import type { SaveToOpfsOptions } from "../opfs/save-to-opfs.ts";
import { RecordingStream, isOwnRecording } from "./recording-stream.ts";

/**
 * Creates the global recording for the module functions. A previous one is closed in the background.
 *
 * @param applicationId the name of the application, which groups recordings and blueprints in the viewer
 * @throws {TypeError} if an argument is wrong
 *
 * @example
 * rr.init("my_page");
 * rr.log("points", new rr.Points3D([[0, 0, 0]]));
 */
export function init(applicationId: string, options?: RecordingOptions): RecordingStream {
  return replaceGlobalRecording(new RecordingStream(applicationId, options));
}

/** The global recording of the last {@link init} or {@link setGlobalRecording}, or `undefined` if there is none. */
export function getGlobalRecording(): RecordingStream | undefined {
  const recording = getCoreRecording();
  return isOwnRecording(recording) ? recording : undefined;
}

/** Replaces the global recording, or removes it. Returns the previous one, which stays open. */
export function setGlobalRecording(recording: RecordingStream | undefined): RecordingStream | undefined {
  const previous = getGlobalRecording();
  setCoreRecording(recording);
  return previous;
}

/** {@link RecordingStream.connectGrpc} on the global recording. */
export function connectGrpc(url?: string | URL, options?: ConnectGrpcOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.connectGrpc(url, options));
}

/** {@link RecordingStream.connectWebSocket} on the global recording. */
export function connectWebSocket(url?: string | URL, options?: ConnectWebSocketOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.connectWebSocket(url, options));
}

/** {@link RecordingStream.saveToOpfs} on the global recording. */
export function saveToOpfs(name: string, options?: SaveToOpfsOptions): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.saveToOpfs(name, options));
}

/** {@link RecordingStream.download} on the global recording. */
export function download(name?: string, options?: DownloadOptions): Promise<DownloadResult> {
  return promisedBy(getGlobalRecording(), (recording) => recording.download(name, options));
}

/** {@link RecordingStream.saveToPicker} on the global recording. */
export function saveToPicker(name?: string, options?: DownloadOptions): Promise<DownloadResult> {
  return promisedBy(getGlobalRecording(), (recording) => recording.saveToPicker(name, options));
}

/** {@link RecordingStream.logFileFromContents} on the global recording. */
export function logFileFromContents(
  name: string,
  contents: BlobLike | BlobWithType,
  options?: LogFileOptions,
): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.logFileFromContents(name, contents, options));
}
