import { serveImageEncoder, type ImageEncoderPort } from "../media/serve-image-encoder.ts";
import type { EncoderPort } from "../video/encoder-protocol.ts";
import { serveVideoEncoder } from "../video/serve-video-encoder.ts";
import type { EncoderWorkerReady } from "../encoding/start-encoder-worker.ts";

/** The used part of a dedicated worker's global scope, because this package compiles with the types of pages. */
type WorkerScope = ImageEncoderPort &
  EncoderPort & {
    postMessage(message: EncoderWorkerReady, transfer: Transferable[]): void;
  };

/** Encodes images or video for the page that has started this worker. */
export function serveEncoders(): void {
  const scope = globalThis as unknown as WorkerScope;
  serveImageEncoder(scope);
  serveVideoEncoder(scope);
  scope.postMessage({ images: typeof OffscreenCanvas === "function", video: typeof VideoEncoder === "function" }, []);
}
