import type { CodecLevel } from "./video-codec.ts";

/** Options of encoding frames. */
export interface EncoderSetup {
  /** Codec strings by size, smallest first. */
  readonly levels: readonly CodecLevel[];
  /** Additions to the configuration of the encoder. */
  readonly format: object;
  /** In bits per second. `undefined` stands for a tenth of a bit per pixel. */
  readonly bitrate: number | undefined;
  readonly fps: number;
  readonly keyframeIntervalMs: number;
  /** The maximum number of frames that wait for the encoder. */
  readonly maxPending: number;
}

/** A message to the encoder's thread: `setup` first. */
export type ToEncoder =
  | { readonly type: "setup"; readonly setup: EncoderSetup }
  | { readonly type: "frame"; readonly frame: VideoFrame }
  /** Reads and encodes all frames of a stream, and estimates their capture times. */
  | { readonly type: "stream"; readonly stream: ReadableStream<VideoFrame> }
  /** Finishes pending frames and ends. */
  | { readonly type: "stop" };

/** A message from the encoder's thread. */
export type FromEncoder =
  | {
      readonly type: "chunk";
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly isKeyframe: boolean;
      readonly timestamp: number;
      /** Time when the frame was captured, if it came from a stream. */
      readonly epochMs: number | undefined;
      /** Number of earlier frames of the stream, including dropped ones. */
      readonly index: number;
      /** The parameter sets, if they are not in the bytes. */
      readonly description: Uint8Array | undefined;
    }
  /** A posted frame was handed to the encoder, or dropped. */
  | { readonly type: "received" }
  /** A frame was not encoded, because too many are in the encoder. */
  | { readonly type: "dropped"; readonly timestamp: number }
  /** The encoder has failed, and frames were dropped. A new encoder starts with the next frames. */
  | { readonly type: "trouble"; readonly message: string }
  /** Nothing can be encoded. */
  | { readonly type: "error"; readonly message: string }
  /** The stream has ended. */
  | { readonly type: "ended" }
  | { readonly type: "stopped" };

/** The end of a channel in the encoder's thread: a worker's global scope, or a port. */
export interface EncoderPort {
  addEventListener(type: "message", listener: (event: MessageEvent<ToEncoder>) => void): void;
  postMessage(message: FromEncoder, transfer: Transferable[]): void;
}
