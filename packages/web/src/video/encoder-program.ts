import type { CodecLevel } from "./video-codec.ts";

/** Options of encoding frames. */
export interface EncoderSetup {
  /** Codec strings by size, smallest first. */
  readonly levels: readonly CodecLevel[];
  /** Additions to the configuration of the encoder. */
  readonly format: object;
  /** In bits per second; `undefined`: a tenth of a bit for each pixel. */
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
  /** Reads and encodes all frames of a stream; their capture times are estimated. */
  | { readonly type: "stream"; readonly stream: ReadableStream<VideoFrame> }
  /** Finishes what has begun. */
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
      /** Number of frames of the stream before it, including dropped ones. */
      readonly index: number;
      /** The parameter sets, if they are not in the bytes. */
      readonly description: Uint8Array | undefined;
    }
  /** A posted frame was handed to the encoder, or dropped. */
  | { readonly type: "received" }
  /** A frame was not encoded, because too many are in the encoder. */
  | { readonly type: "dropped"; readonly timestamp: number }
  /** The encoder has failed, and frames were dropped. It starts again with the next frames. */
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

/**
 * Encodes video frames: the program of a worker, or of the page's thread where there is no worker. The source code of
 * this function runs in a worker, so it must not refer to anything outside itself; and it declares no functions, for
 * which bundlers may insert helpers.
 */
export function runVideoEncoder(port: EncoderPort): void {
  const state = {
    setup: undefined as EncoderSetup | undefined,
    encoder: undefined as VideoEncoder | undefined,
    reader: undefined as ReadableStreamDefaultReader<VideoFrame> | undefined,
    width: 0,
    height: 0,
    isResized: false,
    description: undefined as Uint8Array | undefined,
    lastKeyframe: -Infinity,
    lastFrame: -Infinity,
    /** Wall-clock time minus the time of the stream, in milliseconds. */
    offset: Infinity,
    /** Number of frames of the stream so far, and those in the encoder, by timestamp. */
    frames: 0,
    indices: new Map<number, number>(),
    /** The timestamps of the frames that are in the encoder. */
    inside: new Set<number>(),
    hasEncoded: false,
    /** Failures since the last frame that was encoded, and when to try again after the last of them. */
    failures: 0,
    retryAt: -Infinity,
    hasFailed: false,

    fail(cause: unknown): void {
      if (state.hasFailed) return;
      state.hasFailed = true;
      void state.reader?.cancel().catch(() => {});
      port.postMessage({ type: "error", message: cause instanceof Error ? cause.message : String(cause) }, []);
    },

    /**
     * Closes an encoder that has failed, and drops what is in it. Browsers close encoders of pages in the background,
     * and no encoder takes every size that a canvas may have for a moment: so later frames get a new one, at first at
     * once.
     */
    recover(cause: unknown): void {
      const lost = state.inside;
      state.inside = new Set();
      if (state.encoder !== undefined && state.encoder.state !== "closed") state.encoder.close();
      state.encoder = undefined;
      state.failures++;
      state.retryAt = performance.now() + Math.min(5000, 50 * 2 ** Math.min(state.failures, 10) - 100);
      for (const timestamp of lost) {
        state.indices.delete(timestamp);
        port.postMessage({ type: "dropped", timestamp }, []);
      }
      if (state.failures >= 10 && !state.hasEncoded) return state.fail(cause);
      if (lost.size === 0) return;
      port.postMessage({ type: "trouble", message: cause instanceof Error ? cause.message : String(cause) }, []);
    },

    configure(setup: EncoderSetup, width: number, height: number): VideoEncoder {
      const isNew = state.encoder === undefined;
      state.encoder ??= new VideoEncoder({
        output: (chunk, metadata) => state.output(chunk, metadata),
        error: (error) => state.recover(error),
      });
      if (!isNew && width === state.width && height === state.height) return state.encoder;
      state.width = width;
      state.height = height;
      const level = setup.levels.find(({ maxPixels }) => width * height <= maxPixels);
      if (level === undefined) throw new Error(`the codec has no level for ${width}×${height}`);
      const { fps, bitrate = Math.max(200_000, Math.round((width * height * fps) / 10)) } = setup;
      const common = { width, height, bitrate, framerate: fps, latencyMode: "realtime" as const };
      state.encoder.configure({ codec: level.codec, ...setup.format, ...common });
      state.isResized = true;
      return state.encoder;
    },

    encode(frame: VideoFrame): void {
      const { setup } = state;
      const { timestamp } = frame;
      if (setup === undefined || state.hasFailed) return frame.close();
      const width = Math.max(2, frame.displayWidth & ~1);
      const height = Math.max(2, frame.displayHeight & ~1);
      const isSameSize = width === state.width && height === state.height;
      const isTooEarly = isSameSize && performance.now() < state.retryAt;
      if (isTooEarly || (state.encoder?.encodeQueueSize ?? 0) >= setup.maxPending) {
        frame.close();
        state.indices.delete(timestamp);
        return port.postMessage({ type: "dropped", timestamp }, []);
      }
      try {
        const encoder = state.configure(setup, width, height);
        const keyFrame = state.isResized || timestamp - state.lastKeyframe >= setup.keyframeIntervalMs * 1000;
        state.inside.add(timestamp);
        encoder.encode(frame, { keyFrame });
        state.isResized = false;
        if (keyFrame) state.lastKeyframe = timestamp;
      } catch (error) {
        state.inside.add(timestamp);
        state.recover(error);
      }
      frame.close();
    },

    output(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      const { timestamp } = chunk;
      state.inside.delete(timestamp);
      state.hasEncoded = true;
      state.failures = 0;
      const { description } = metadata?.decoderConfig ?? {};
      if (description !== undefined) {
        const view = ArrayBuffer.isView(description) ? description : new Uint8Array(description);
        state.description = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
      }
      const epochMs = state.offset === Infinity ? undefined : timestamp / 1000 + state.offset;
      const isKeyframe = chunk.type === "key";
      const { description: known } = state;
      const index = state.indices.get(timestamp) ?? 0;
      state.indices.delete(timestamp);
      port.postMessage({ type: "chunk", bytes, isKeyframe, timestamp, epochMs, index, description: known }, [
        bytes.buffer,
      ]);
    },

    async readStream(stream: ReadableStream<VideoFrame>): Promise<void> {
      const reader = (state.reader = stream.getReader());
      for (;;) {
        const { done, value: frame } = await reader.read();
        if (done) break;
        const now = performance.timeOrigin + performance.now();
        // The clock of a stream has an arbitrary start. The frame that took least time to arrive tells best.
        state.offset = Math.min(state.offset, now - frame.timestamp / 1000);
        const interval = 1e6 / (state.setup?.fps ?? Infinity);
        // Cameras are not exact: a frame that is a little early is not one too many.
        if (frame.timestamp - state.lastFrame < interval * 0.8) {
          frame.close();
        } else {
          state.lastFrame = frame.timestamp;
          if (state.indices.size < 1000) state.indices.set(frame.timestamp, state.frames);
          state.frames++;
          state.encode(frame);
        }
      }
      port.postMessage({ type: "ended" }, []);
    },

    async stop(): Promise<void> {
      await state.reader?.cancel();
      if (state.encoder?.state === "configured") await state.encoder.flush().catch((error) => state.recover(error));
      if (state.encoder !== undefined && state.encoder.state !== "closed") state.encoder.close();
      port.postMessage({ type: "stopped" }, []);
    },
  };
  port.addEventListener("message", ({ data }) => {
    if (data.type === "setup") state.setup = data.setup;
    else if (data.type === "frame") {
      state.encode(data.frame);
      port.postMessage({ type: "received" }, []);
    } else if (data.type === "stream") state.readStream(data.stream).catch((error) => state.fail(error));
    else if (data.type === "stop") state.stop().catch((error) => state.fail(error));
  });
}
