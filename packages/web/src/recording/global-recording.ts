import {
  getGlobalRecording as getCoreRecording,
  setGlobalRecording as setCoreRecording,
  type RecordingOptions,
} from "@rerun-ts/core";
import { promisedBy, replaceGlobalRecording } from "@rerun-ts/core/internal";
import type { BlobLike, BlobWithType, LogFileOptions } from "@rerun-ts/types";
import type { DownloadOptions, DownloadResult } from "../download/download.ts";
import type { ConnectGrpcOptions } from "../grpc/connect-grpc.ts";
import type { ConnectWebSocketOptions } from "../websocket/connect-websocket.ts";
import { RecordingStream } from "./recording-stream.ts";

/**
 * Makes the recording that the module functions use. Calling it again closes the one before in the background.
 * @throws {TypeError} if an argument is wrong.
 */
export function init(applicationId: string, options?: RecordingOptions): RecordingStream {
  return replaceGlobalRecording(new RecordingStream(applicationId, options));
}

/** The recording that `init` made or `setGlobalRecording` was given. */
export function getGlobalRecording(): RecordingStream | undefined {
  const recording = getCoreRecording();
  return recording instanceof RecordingStream ? recording : undefined;
}

/** Lets the module functions use `recording`. Returns the one before. */
export function setGlobalRecording(recording: RecordingStream | undefined): RecordingStream | undefined {
  const previous = getGlobalRecording();
  setCoreRecording(recording);
  return previous;
}

/** {@link RecordingStream.connectGrpc} on the global recording. */
export function connectGrpc(
  url?: string | URL | ConnectGrpcOptions,
  options?: Omit<ConnectGrpcOptions, "url">,
): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.connectGrpc(url, options));
}

/** {@link RecordingStream.connectWebSocket} on the global recording. */
export function connectWebSocket(
  url?: string | URL | ConnectWebSocketOptions,
  options?: Omit<ConnectWebSocketOptions, "url">,
): Promise<void> {
  return promisedBy(getGlobalRecording(), (recording) => recording.connectWebSocket(url, options));
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
