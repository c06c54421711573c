import { encodeBitmap, type EncodedBitmap, type EncodeRequest } from "./encode-bitmap.ts";

/** A message to the worker that encodes images. */
export interface ToImageEncoder {
  readonly id: number;
  readonly request: EncodeRequest;
}

/** The reply: the encoded image, or the reason for its absence. */
export interface FromImageEncoder {
  readonly id: number;
  readonly result?: EncodedBitmap | undefined;
  readonly error?: string | undefined;
}

/** The worker's global scope. */
export interface ImageEncoderPort {
  addEventListener(type: "message", listener: (event: MessageEvent<Partial<ToImageEncoder>>) => void): void;
  postMessage(message: FromImageEncoder, transfer: Transferable[]): void;
}

/** Encodes images that come through a port, in a worker. */
export function serveImageEncoder(port: ImageEncoderPort): void {
  port.addEventListener("message", ({ data: { id, request } }) => {
    // The worker may serve other requests too.
    if (id === undefined || request === undefined) return;
    encodeBitmap(request)
      .then((result) => port.postMessage({ id, result }, [result.bytes.buffer]))
      .catch((error: unknown) => port.postMessage({ id, error: String(error) }, []));
  });
}
