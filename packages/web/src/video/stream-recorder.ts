import { RerunError, type RecordingView } from "@rerun-ts/core";
import { frozenAt, internalsOf } from "@rerun-ts/core/recording";
import { waitWithProgress } from "@rerun-ts/core/transport";
import { VideoStream } from "@rerun-ts/types";
import { SHOWN_VIDEO, replacingImage, type VideoCodec } from "@rerun-ts/types/media";
import { toAnnexB } from "./to-annex-b.ts";
import { openEncoderChannel, type EncoderChannel } from "./encoder-channel.ts";
import type { FromEncoder } from "./encoder-protocol.ts";
import { epochNow } from "./epoch-now.ts";
import { describeFrameError } from "../media/describe-frame-error.ts";
import { uprightFrame } from "../media/upright-frame.ts";
import type { CaptureTime, FrameRecorder, FrameSource, VideoTarget } from "./frame-recorder.ts";
import { FORMATS, levelsOf } from "./video-codec.ts";
import { noVideoStats, type VideoStats } from "./video-stats.ts";

/** Number of frames that an encoder may hold back, as some do to encode them better: libx264 in Firefox has 40. */
const MAX_HELD_BACK = 1000;

/** A frame that is being encoded. */
interface PendingFrame {
  /** The recording at the capture time of the frame. */
  readonly view: RecordingView;
  readonly settle: (isLogged: boolean) => void;
}

type Chunk = Extract<FromEncoder, { type: "chunk" }>;

/**
 * Logs frames as a `VideoStream`. Another thread encodes the frames. Their times are fixed at the capture. Excess
 * frames are dropped before encoding, so that the logged stream can always be decoded.
 */
export class StreamRecorder implements FrameRecorder {
  readonly codec: VideoCodec;
  readonly stats: VideoStats;
  readonly #target: VideoTarget;
  #channel: EncoderChannel | undefined;
  /** By timestamp. */
  readonly #pending = new Map<number, PendingFrame>();
  /** Number of them that were posted to the encoder's thread, and have not arrived there. */
  #posted = 0;
  readonly #onEnd: (() => void)[] = [];
  #captured = 0;
  #lastTimestamp = -1;
  #isOver = false;

  /** Starts the thread that encodes. */
  static async start(target: VideoTarget, codec: VideoCodec): Promise<StreamRecorder> {
    const recorder = new StreamRecorder(target, codec);
    const { bitrate, fps, keyframeIntervalMs, maxPending, thread, createWorker } = target.options;
    const channel = await openEncoderChannel(thread, createWorker, {
      onMessage: (message) => recorder.#onMessage(message),
      onError: (message) => recorder.#fail(message),
      onWorkerFailure: (description) => recorder.#notice(description),
    });
    recorder.#channel = channel;
    const setup = { levels: levelsOf(codec), format: FORMATS[codec], bitrate, fps, keyframeIntervalMs, maxPending };
    channel.post({ type: "setup", setup });
    target.recording.log(target.path, new VideoStream(codec), { static: true });
    return recorder;
  }

  private constructor(target: VideoTarget, codec: VideoCodec) {
    this.#target = target;
    this.codec = codec;
    this.stats = noVideoStats(codec);
  }

  async capture(source: FrameSource, { epochMs, view }: CaptureTime = { epochMs: epochNow() }): Promise<boolean> {
    if (this.#isOver || this.#endIfClosed()) return false;
    const index = this.#captured++;
    if (this.#posted >= this.#target.options.maxPending || this.#pending.size >= MAX_HELD_BACK) {
      this.stats.dropped++;
      return false;
    }
    // Timestamps identify the frames, so they must differ, unlike those of some sources.
    const timestamp = Math.max(Math.round(performance.now() * 1000), this.#lastTimestamp + 1);
    this.#lastTimestamp = timestamp;
    let frame: VideoFrame;
    let pending: RecordingView;
    try {
      pending = view ?? this.#viewAt(epochMs, index);
      frame = new VideoFrame(uprightFrame(source), { timestamp });
    } catch (error) {
      this.stats.dropped++;
      this.#notice(`a frame cannot be read: ${describeFrameError(error)}`);
      return false;
    }
    const logged = new Promise<boolean>((settle) => this.#pending.set(timestamp, { view: pending, settle }));
    this.#posted++;
    this.#channel?.post({ type: "frame", frame }, [frame]);
    return logged;
  }

  async readStream(stream: ReadableStream<VideoFrame>): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#onEnd.push(resolve));
    if (this.#isOver) return;
    this.#channel?.post({ type: "stream", stream }, [stream]);
    await ended;
  }

  async finish(): Promise<void> {
    if (this.#isOver) return;
    const stopped = new Promise<void>((resolve) => this.#onEnd.push(resolve));
    this.#channel?.post({ type: "stop" });
    const isDone = await waitWithProgress(stopped, () => this.stats.frames + this.stats.dropped);
    if (!isDone) this.#notice("frames are dropped, because the encoder does not finish them");
    this.abort();
  }

  abort(): void {
    this.#isOver = true;
    this.#channel?.end();
    // The frames that the encoder still holds are lost.
    this.stats.dropped += this.#pending.size;
    for (const { settle } of this.#pending.values()) settle(false);
    this.#pending.clear();
    for (const resolve of this.#onEnd.splice(0)) resolve();
  }

  #onMessage(message: FromEncoder): void {
    if (this.#isOver) return;
    switch (message.type) {
      case "chunk":
        return this.#log(message);
      case "received":
        return void this.#posted--;
      case "dropped":
        this.stats.dropped++;
        return this.#take(message.timestamp)?.settle(false);
      case "trouble":
        return this.#notice(`frames are dropped, because the encoder fails: ${message.message}`);
      case "error":
        return this.#fail(message.message);
      case "ended":
        return this.#onEnd.shift()?.();
      case "stopped":
        for (const resolve of this.#onEnd.splice(0)) resolve();
    }
  }

  #log({ bytes, isKeyframe, timestamp, epochMs = epochNow(), index, description }: Chunk): void {
    if (this.#endIfClosed()) return;
    const pending = this.#take(timestamp);
    const view = pending?.view ?? this.#viewAt(epochMs, index);
    const sample = toAnnexB(this.codec, bytes, isKeyframe, description);
    // A missing field means that decoders cannot start there.
    const data = VideoStream.fromFields({ sample, isKeyframe: isKeyframe ? true : undefined });
    const { recording, path } = this.#target;
    view.log(path, replacingImage(recording, path, SHOWN_VIDEO, data));
    this.stats.frames++;
    this.stats.bytes += sample.byteLength;
    if (isKeyframe) this.stats.keyframes++;
    pending?.settle(true);
  }

  /** Ends if the recording was closed, which would ignore all frames. Returns whether it was. */
  #endIfClosed(): boolean {
    const { recording, onClosed } = this.#target;
    if (recording.state !== "closed") return false;
    this.abort();
    onClosed();
    return true;
  }

  #take(timestamp: number): PendingFrame | undefined {
    const pending = this.#pending.get(timestamp);
    this.#pending.delete(timestamp);
    return pending;
  }

  #viewAt(epochMs: number, index: number): RecordingView {
    const { recording, options } = this.#target;
    return frozenAt(recording, options.time?.({ epochMs, index }) ?? {}, epochMs);
  }

  /** Reports a problem that causes lost frames, once. */
  #notice(problem: string): void {
    internalsOf(this.#target.recording).notice(`${this.#what}: ${problem}`);
  }

  get #what(): string {
    const { path } = this.#target;
    return typeof path === "string" ? `the video of ${path}` : "the video";
  }

  #fail(message: string): void {
    if (this.#isOver) return;
    this.abort();
    this.#target.onError(new RerunError("INTERNAL", `${this.#what} cannot be encoded as ${this.codec}: ${message}`));
  }
}
