import type { EncoderPort, EncoderSetup, ToEncoder } from "./encoder-protocol.ts";

/** Encodes video frames that come through a port, in a worker or in the page's own thread. */
export function serveVideoEncoder(port: EncoderPort): void {
  const thread = new VideoEncoderThread(port);
  port.addEventListener("message", ({ data }) => thread.receive(data));
}

/** An encoder with its pending frames, and its recovery from failures. */
class VideoEncoderThread {
  readonly #port: EncoderPort;
  #setup: EncoderSetup | undefined;
  #encoder: VideoEncoder | undefined;
  #reader: ReadableStreamDefaultReader<VideoFrame> | undefined;
  #width = 0;
  #height = 0;
  #isResized = false;
  #description: Uint8Array | undefined;
  #lastKeyframe = -Infinity;
  #lastFrame = -Infinity;
  /** Wall-clock time minus the time of the stream, in milliseconds. */
  #offset = Infinity;
  /** Number of frames of the stream so far. */
  #frames = 0;
  /** The numbers of the frames that are in the encoder, by timestamp. */
  readonly #indices = new Map<number, number>();
  /** The timestamps of the frames that are in the encoder. */
  #inside = new Set<number>();
  #hasEncoded = false;
  /** Failures since the last frame that was encoded. */
  #failures = 0;
  /** The time of the next attempt after a failure. */
  #retryAt = -Infinity;
  #hasFailed = false;

  constructor(port: EncoderPort) {
    this.#port = port;
  }

  receive(message: ToEncoder): void {
    if (message.type === "setup") this.#setup = message.setup;
    else if (message.type === "frame") {
      this.#encode(message.frame);
      this.#port.postMessage({ type: "received" }, []);
    } else if (message.type === "stream") this.#readStream(message.stream).catch((error) => this.#fail(error));
    else if (message.type === "stop") this.#stop().catch((error) => this.#fail(error));
  }

  #fail(cause: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    void this.#reader?.cancel().catch(() => {});
    this.#port.postMessage({ type: "error", message: cause instanceof Error ? cause.message : String(cause) }, []);
  }

  /**
   * Closes a failed encoder, and drops its frames. Browsers close encoders of pages in the background, and an encoder
   * rejects some sizes that a canvas may have for a moment. Later frames therefore get a new encoder, the first time
   * immediately.
   */
  #recover(cause: unknown): void {
    const lost = this.#inside;
    this.#inside = new Set();
    if (this.#encoder !== undefined && this.#encoder.state !== "closed") this.#encoder.close();
    this.#encoder = undefined;
    this.#failures++;
    this.#retryAt = performance.now() + Math.min(5000, 50 * 2 ** Math.min(this.#failures, 10) - 100);
    for (const timestamp of lost) {
      this.#indices.delete(timestamp);
      this.#port.postMessage({ type: "dropped", timestamp }, []);
    }
    if (this.#failures >= 10 && !this.#hasEncoded) return this.#fail(cause);
    if (lost.size === 0) return;
    this.#port.postMessage({ type: "trouble", message: cause instanceof Error ? cause.message : String(cause) }, []);
  }

  #configure(setup: EncoderSetup, width: number, height: number): VideoEncoder {
    const isNew = this.#encoder === undefined;
    this.#encoder ??= new VideoEncoder({
      output: (chunk, metadata) => this.#output(chunk, metadata),
      error: (error) => this.#recover(error),
    });
    if (!isNew && width === this.#width && height === this.#height) return this.#encoder;
    this.#width = width;
    this.#height = height;
    const level = setup.levels.find(({ maxPixels }) => width * height <= maxPixels);
    if (level === undefined) throw new Error(`the codec has no level for ${width}×${height}`);
    const { fps, bitrate = Math.max(200_000, Math.round((width * height * fps) / 10)) } = setup;
    const common = { width, height, bitrate, framerate: fps, latencyMode: "realtime" as const };
    this.#encoder.configure({ codec: level.codec, ...setup.format, ...common });
    this.#isResized = true;
    return this.#encoder;
  }

  #encode(frame: VideoFrame): void {
    const setup = this.#setup;
    const { timestamp } = frame;
    if (setup === undefined || this.#hasFailed) return frame.close();
    const width = Math.max(2, frame.displayWidth & ~1);
    const height = Math.max(2, frame.displayHeight & ~1);
    const isSameSize = width === this.#width && height === this.#height;
    const isTooEarly = isSameSize && performance.now() < this.#retryAt;
    if (isTooEarly || (this.#encoder?.encodeQueueSize ?? 0) >= setup.maxPending) {
      frame.close();
      this.#indices.delete(timestamp);
      return this.#port.postMessage({ type: "dropped", timestamp }, []);
    }
    try {
      const encoder = this.#configure(setup, width, height);
      const keyFrame = this.#isResized || timestamp - this.#lastKeyframe >= setup.keyframeIntervalMs * 1000;
      this.#inside.add(timestamp);
      encoder.encode(frame, { keyFrame });
      this.#isResized = false;
      if (keyFrame) this.#lastKeyframe = timestamp;
    } catch (error) {
      this.#inside.add(timestamp);
      this.#recover(error);
    }
    frame.close();
  }

  #output(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    const { timestamp } = chunk;
    this.#inside.delete(timestamp);
    this.#hasEncoded = true;
    this.#failures = 0;
    const { description } = metadata?.decoderConfig ?? {};
    if (description !== undefined) {
      const view = ArrayBuffer.isView(description) ? description : new Uint8Array(description);
      this.#description = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    }
    const epochMs = this.#offset === Infinity ? undefined : timestamp / 1000 + this.#offset;
    const isKeyframe = chunk.type === "key";
    const known = this.#description;
    const index = this.#indices.get(timestamp) ?? 0;
    this.#indices.delete(timestamp);
    this.#port.postMessage({ type: "chunk", bytes, isKeyframe, timestamp, epochMs, index, description: known }, [
      bytes.buffer,
    ]);
  }

  async #readStream(stream: ReadableStream<VideoFrame>): Promise<void> {
    const reader = (this.#reader = stream.getReader());
    for (;;) {
      const { done, value: frame } = await reader.read();
      if (done) break;
      const now = performance.timeOrigin + performance.now();
      // The clock of a stream has an arbitrary start. The frame with the shortest delay gives the best estimate.
      this.#offset = Math.min(this.#offset, now - frame.timestamp / 1000);
      const interval = 1e6 / (this.#setup?.fps ?? Infinity);
      // Cameras are not exact, so a slightly early frame still counts.
      if (frame.timestamp - this.#lastFrame < interval * 0.8) {
        frame.close();
      } else {
        this.#lastFrame = frame.timestamp;
        if (this.#indices.size < 1000) this.#indices.set(frame.timestamp, this.#frames);
        this.#frames++;
        this.#encode(frame);
      }
    }
    this.#port.postMessage({ type: "ended" }, []);
  }

  async #stop(): Promise<void> {
    await this.#reader?.cancel();
    if (this.#encoder?.state === "configured") await this.#encoder.flush().catch((error) => this.#recover(error));
    if (this.#encoder !== undefined && this.#encoder.state !== "closed") this.#encoder.close();
    this.#port.postMessage({ type: "stopped" }, []);
  }
}
