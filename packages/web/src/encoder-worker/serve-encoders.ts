import { encodeBitmap } from "../media/encode-bitmap.ts";
import { runImageEncoder, type ImageEncoderPort } from "../media/image-encoder-program.ts";
import { runVideoEncoder, type EncoderPort } from "../video/encoder-program.ts";
import type { EncoderWorkerReady } from "../encoding/start-encoder-worker.ts";

/** The part of a dedicated worker's global scope that is used; this package's types are those of pages. */
type WorkerScope = ImageEncoderPort &
  EncoderPort & {
    postMessage(message: EncoderWorkerReady, transfer: Transferable[]): void;
  };

/** Encodes images or video for the page that has started this worker. */
export function serveEncoders(): void {
  const scope = globalThis as unknown as WorkerScope;
  runImageEncoder(scope, encodeBitmap);
  runVideoEncoder(scope);
  scope.postMessage({ images: typeof OffscreenCanvas === "function", video: typeof VideoEncoder === "function" }, []);
}
