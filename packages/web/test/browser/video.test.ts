import type { MemoryRecording } from "@rerun-ts/core";
import { RecordingStream, RerunError, logImageBitmap, video } from "@rerun-ts/web";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { needEncoder } from "./features.ts";

const { logCanvas, logEncodedVideoChunk, logMediaStream, logVideoFrame } = video;

const WIDTH = 320;
const HEIGHT = 240;
const CODECS = { AV1: "av01.0.04M.08", H264: "avc1.42E01F", VP9: "vp09.00.31.08", VP8: "vp8" } as const;
const COLORS = ["#f00", "#0f0", "#00f"];

/** A decoded frame: when it was captured, and what it shows. */
interface Decoded {
  readonly epochMs: number;
  readonly color: string;
}

/** The name of the strongest channel of a frame. */
function colorOf(frame: VideoFrame): string {
  const context = new OffscreenCanvas(8, 8).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(frame, 0, 0, 8, 8);
  const [red = 0, green = 0, blue = 0] = context.getImageData(4, 4, 1, 1).data;
  return COLORS[[red, green, blue].indexOf(Math.max(red, green, blue))] ?? "";
}

/** Decodes the stream of an entity from its recording, as viewers do. */
async function decode(rrd: Uint8Array, entity: string, codec: keyof typeof CODECS): Promise<Decoded[]> {
  const rows = readChunks(rrd)
    .filter(({ entityPath, isStatic }) => entityPath === entity && !isStatic)
    .flatMap(({ times, components }) =>
      (components["VideoStream:sample"] ?? []).map((sample, row) => ({
        time: Number(times["log_time"]?.[row]) / 1e6,
        data: Uint8Array.from((sample as number[][])[0] ?? []),
        isKey: components["VideoStream:is_keyframe"]?.[row] !== null,
      })),
    );
  const decoded: Decoded[] = [];
  const decoder = new VideoDecoder({
    output(frame) {
      decoded.push({ epochMs: frame.timestamp / 1000, color: colorOf(frame) });
      frame.close();
    },
    error: (error) => {
      throw error;
    },
  });
  decoder.configure({ codec: CODECS[codec] });
  for (const { time, data, isKey } of rows)
    decoder.decode(new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp: Math.round(time * 1000), data }));
  await decoder.flush();
  decoder.close();
  return decoded;
}

describe("video of a page", () => {
  let canvas: HTMLCanvasElement;
  let context: CanvasRenderingContext2D;
  let rec: RecordingStream;
  let memory: MemoryRecording;
  let errors: RerunError[];
  let painted: Decoded[];
  let animation = 0;

  beforeEach(() => {
    canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    context = canvas.getContext("2d") as CanvasRenderingContext2D;
    errors = [];
    painted = [];
    rec = new RecordingStream("video", { sendProperties: false, onError: (error) => errors.push(error) });
    memory = rec.memoryRecording();
  });
  afterEach(() => {
    cancelAnimationFrame(animation);
    canvas.remove();
  });

  /** Paints each colour for a while, again and again, and something that moves. */
  function animate(periodMs = 300): void {
    const start = performance.now();
    const paint = (): void => {
      const now = performance.now();
      const color = COLORS[Math.floor((now - start) / periodMs) % COLORS.length] as string;
      if (painted.at(-1)?.color !== color) painted.push({ epochMs: performance.timeOrigin + now, color });
      context.fillStyle = color;
      context.fillRect(0, 0, WIDTH, HEIGHT);
      context.fillStyle = "#fff";
      context.fillRect(Math.floor(now / 10) % WIDTH, 0, 8, 8);
      animation = requestAnimationFrame(paint);
    };
    paint();
  }

  /** Resolves when that many frames were logged. */
  async function logged(capture: { stats(): { frames: number } }, frames: number): Promise<void> {
    await expect.poll(() => capture.stats().frames, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(frames);
  }

  /** Fails unless every frame has the colour that was painted when it was captured, give or take a frame. */
  function expectColorsInTime(decoded: readonly Decoded[], toleranceMs: number): void {
    expect(decoded.length).toBeGreaterThan(5);
    for (const { epochMs, color } of decoded) {
      const shown = painted.filter(({ epochMs: from }, index) => {
        const until = painted[index + 1]?.epochMs ?? Infinity;
        return from - toleranceMs <= epochMs && epochMs <= until + toleranceMs;
      });
      expect(shown.map((one) => one.color)).toContain(color);
    }
  }

  for (const codec of Object.keys(CODECS) as (keyof typeof CODECS)[]) {
    it(`of a canvas is logged as ${codec} with the times of capture, and decodes to what was painted`, async (test) => {
      await needEncoder(test, CODECS[codec]);
      document.body.append(canvas);
      animate();
      const capture = logCanvas(rec, "game", canvas, { codec, fps: 20, keyframeIntervalMs: 500 });
      await logged(capture, 25);
      const stats = await capture.stop();
      expect(errors).toEqual([]);
      const rrd = memory.drainAsBytes();
      const decoded = await decode(rrd, "/game", codec);
      expect(decoded).toHaveLength(stats.frames);
      expect(stats.codec).toBe(codec);
      expect(stats.keyframes).toBeGreaterThanOrEqual(2);
      expect(new Set(decoded.map(({ color }) => color))).toEqual(new Set(COLORS));
      expectColorsInTime(decoded, 50);
      expect(valuesOf(rrd, "/game", "VideoStream:codec")).toHaveLength(1);
    });
  }

  it("of a WebGL canvas is not empty, although its buffer is not preserved and capturing began before drawing", async () => {
    const drawn = document.createElement("canvas");
    [drawn.width, drawn.height] = [WIDTH, HEIGHT];
    document.body.append(drawn);
    const gl = drawn.getContext("webgl") as WebGLRenderingContext;
    const capture = logCanvas(rec, "game", drawn, { codec: "VP8" });
    const draw = (): void => {
      gl.clearColor(0, 1, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      animation = requestAnimationFrame(draw);
    };
    await logged(capture, 1);
    animation = requestAnimationFrame(draw);
    await logged(capture, capture.stats().frames + 10);
    await capture.stop();
    drawn.remove();
    const decoded = await decode(memory.drainAsBytes(), "/game", "VP8");
    expect(decoded.slice(-8).map(({ color }) => color)).toEqual(Array.from({ length: 8 }, () => "#0f0"));
  });

  it("of a stream is read and encoded by a worker, ends with its track, and has the times of capture", async () => {
    document.body.append(canvas);
    animate();
    // Without a worker, this would be needed.
    const { MessageChannel: original } = globalThis;
    Reflect.deleteProperty(globalThis, "MessageChannel");
    onTestFinished(() => void (globalThis.MessageChannel = original));
    const stream = canvas.captureStream(20);
    const capture = logMediaStream(rec, "camera", stream, { codec: "VP8", time: ({ index }) => ({ frame: index }) });
    await logged(capture, 20);
    stream.getVideoTracks()[0]?.stop();
    const stats = await capture.ended;
    const rrd = memory.drainAsBytes();
    const decoded = await decode(rrd, "/camera", "VP8");
    expect(decoded).toHaveLength(stats.frames);
    expectColorsInTime(decoded, 50);
    const frames = readChunks(rrd).flatMap(({ times }) => times["frame"] ?? []);
    expect(frames).toEqual([...new Set(frames)].sort((a, b) => Number(a - b)));
  });

  it("is encoded in the page's thread on request, with the same result", async () => {
    document.body.append(canvas);
    animate();
    const capture = logMediaStream(rec, "camera", canvas.captureStream(20), { codec: "VP8", thread: false });
    await logged(capture, 10);
    const stats = await capture.stop();
    const decoded = await decode(memory.drainAsBytes(), "/camera", "VP8");
    expect(decoded).toHaveLength(stats.frames);
    expectColorsInTime(decoded, 50);
  });

  it("of an encoder that holds back more frames than may wait for it is logged, to the last frame", async () => {
    const { VideoEncoder: original } = globalThis;
    onTestFinished(() => void (globalThis.VideoEncoder = original));
    globalThis.VideoEncoder = class extends original {
      readonly #held: (() => void)[] = [];

      constructor({ output, error }: VideoEncoderInit) {
        super({
          output: (chunk, metadata) => {
            this.#held.push(() => output(chunk, metadata));
            if (this.#held.length > 10) this.#held.shift()?.();
          },
          error,
        });
      }

      override async flush(): Promise<void> {
        await super.flush();
        for (const release of this.#held.splice(0)) release();
      }
    };
    document.body.append(canvas);
    animate();
    const capture = logCanvas(rec, "game", canvas, { codec: "VP8", fps: 20, maxPending: 4, thread: false });
    await logged(capture, 5);
    const stats = await capture.stop();
    const decoded = await decode(memory.drainAsBytes(), "/game", "VP8");
    expect(decoded).toHaveLength(stats.frames);
    expect(stats.frames).toBeGreaterThanOrEqual(15);
    expectColorsInTime(decoded, 50);
  });

  it.each([
    ["a canvas", () => logCanvas(rec, "jpeg", canvas, { codec: "auto", fps: 10 })],
    ["a stream", () => logMediaStream(rec, "jpeg", canvas.captureStream(10), { codec: "auto", fps: 10 })],
  ])("of %s is logged as JPEG images where the browser has no WebCodecs", async (_, start) => {
    const { VideoEncoder: original } = globalThis;
    Reflect.deleteProperty(globalThis, "VideoEncoder");
    onTestFinished(() => void (globalThis.VideoEncoder = original));
    document.body.append(canvas);
    animate();
    const capture = start();
    await logged(capture, 4);
    expect(await capture.stop()).toMatchObject({ codec: "JPEG" });
    const files = valuesOf(memory.drainAsBytes(), "/jpeg", "EncodedImage:blob");
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) expect((file as number[][])[0]?.slice(0, 3)).toEqual([0xff, 0xd8, 0xff]);
  });

  it("follows a canvas that changes its size, beginning with a key frame", async () => {
    document.body.append(canvas);
    animate();
    const capture = logCanvas(rec, "game", canvas, { codec: "VP8", keyframeIntervalMs: 60_000 });
    await logged(capture, 3);
    expect(capture.stats().keyframes).toBe(1);
    canvas.width = WIDTH / 2 + 1;
    const before = capture.stats().frames;
    await logged(capture, before + 8);
    expect(await capture.stop()).toMatchObject({ keyframes: 2 });
    expect(errors).toEqual([]);
  });

  it("goes on with a new encoder when the browser has closed one, or a size cannot be encoded for a moment", async () => {
    const { VideoEncoder: original } = globalThis;
    onTestFinished(() => void (globalThis.VideoEncoder = original));
    let current: { fail(name: string): void } | undefined;
    globalThis.VideoEncoder = class extends original {
      readonly #init: VideoEncoderInit;

      constructor(init: VideoEncoderInit) {
        super(init);
        this.#init = init;
        // oxlint-disable-next-line typescript/no-this-alias
        current = this;
      }

      override configure(config: VideoEncoderConfig): void {
        super.configure(config);
        if (config.height < 16) queueMicrotask(() => this.fail("NotSupportedError"));
      }

      fail(name: string): void {
        if (this.state !== "closed") this.close();
        this.#init.error(new DOMException("simulated", name));
      }
    };
    const warnings: string[] = [];
    rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    document.body.append(canvas);
    animate();
    const capture = logCanvas(rec, "game", canvas, { codec: "VP8", thread: false });
    await logged(capture, 3);
    canvas.height = 8;
    await expect.poll(() => capture.stats().dropped).toBeGreaterThan(0);
    canvas.height = HEIGHT;
    await logged(capture, capture.stats().frames + 3);
    current?.fail("QuotaExceededError");
    await logged(capture, capture.stats().frames + 3);
    const stats = await capture.stop();
    expect(errors).toEqual([]);
    expect(warnings).toEqual(["the video of game: frames are dropped, because the encoder fails: simulated"]);
    expect(stats.keyframes).toBeGreaterThanOrEqual(3);
    const decoded = await decode(memory.drainAsBytes(), "/game", "VP8");
    expect(decoded).toHaveLength(stats.frames);
  });

  it("ends after an encoder that never finishes, and counts its frames", { timeout: 30_000 }, async () => {
    const { VideoEncoder: original } = globalThis;
    onTestFinished(() => void (globalThis.VideoEncoder = original));
    globalThis.VideoEncoder = class extends original {
      override encode(): void {}

      override flush(): Promise<void> {
        return new Promise(() => {});
      }
    };
    const warnings: string[] = [];
    rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    document.body.append(canvas);
    animate();
    const capture = logCanvas(rec, "game", canvas, { codec: "VP8", thread: false });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stats = await capture.stop();
    expect(stats.frames).toBe(0);
    expect(stats.dropped).toBeGreaterThan(0);
    expect(warnings).toEqual([expect.stringMatching(/the encoder does not finish them$/)]);
  });

  it("counts frames that the browser does not let it read, reports them once and goes on", async () => {
    const { VideoFrame: original } = globalThis;
    onTestFinished(() => void (globalThis.VideoFrame = original));
    const warnings: string[] = [];
    rec.addEventListener("warning", ({ warning }) => warnings.push(warning.message));
    document.body.append(canvas);
    animate();
    const capture = logCanvas(rec, "game", canvas, { codec: "VP8" });
    await logged(capture, 2);
    globalThis.VideoFrame = class {
      constructor() {
        throw new DOMException("the canvas is tainted", "SecurityError");
      }
    } as unknown as typeof VideoFrame;
    await expect.poll(() => capture.stats().dropped).toBeGreaterThan(2);
    globalThis.VideoFrame = original;
    await logged(capture, capture.stats().frames + 2);
    await capture.stop();
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^the video of game: a frame cannot be read: .*crossOrigin/)]);
  });

  it("drops frames before they are encoded when there are too many, and counts them", async () => {
    const results: Promise<boolean>[] = [];
    for (let frame = 0; frame < 30; frame++) {
      const source = new VideoFrame(canvas, { timestamp: 0 });
      results.push(logVideoFrame(rec, "frames", source, { codec: "VP8", maxPending: 3, time: { frame } }));
      source.close();
    }
    const outcomes = await Promise.all(results);
    expect(outcomes.filter(Boolean)).toHaveLength(3);
    const rrd = memory.drainAsBytes();
    expect(await decode(rrd, "/frames", "VP8")).toHaveLength(3);
    expect(readChunks(rrd).flatMap(({ times }) => times["frame"] ?? [])).toEqual([0n, 1n, 2n]);
  });

  it("passes chunks of the page's own encoder on, in Annex B whatever the encoder's format", async (test) => {
    await needEncoder(test, CODECS.H264);
    const output = (chunk: EncodedVideoChunk, metadata?: EncodedVideoChunkMetadata): void =>
      logEncodedVideoChunk(rec, "own", chunk, metadata);
    const encoder = new VideoEncoder({ output, error: (error) => errors.push(RerunError.from(error)) });
    encoder.configure({
      codec: CODECS.H264,
      avc: { format: "avc" },
      width: WIDTH,
      height: HEIGHT,
      latencyMode: "realtime",
    });
    for (const [index, color] of COLORS.entries()) {
      context.fillStyle = color;
      context.fillRect(0, 0, WIDTH, HEIGHT);
      const frame = new VideoFrame(canvas, { timestamp: index * 40_000 });
      encoder.encode(frame, { keyFrame: index === 0 });
      frame.close();
    }
    await encoder.flush();
    encoder.close();
    expect(errors).toEqual([]);
    const decoded = await decode(memory.drainAsBytes(), "/own", "H264");
    expect(decoded.map(({ color }) => color)).toEqual(COLORS);
  });

  it.each(["VP8", "JPEG"] as const)("of a canvas as %s ends with its recording", async (codec) => {
    document.body.append(canvas);
    animate();
    const capture = logCanvas(rec, "game", canvas, { codec, fps: 50 });
    await logged(capture, 2);
    await rec.close();
    const { rows } = rec.stats();
    const { frames } = await capture.ended;
    // The first row of a stream is its codec.
    expect(frames).toBeLessThanOrEqual(rows);
    expect(await logImageBitmap(rec, "image", canvas)).toBe(false);
    expect(errors).toEqual([]);
  });

  it("reports a codec that the browser does not encode, a wrong source and a wrong option", async () => {
    // No level of the codec has frames of this size.
    const large = Object.assign(document.createElement("canvas"), { width: 4096, height: 4096 });
    await expect(logCanvas(rec, "a", large, { codec: "H264" }).ended).rejects.toThrow(
      "`codec` must be one that this browser encodes, got H264 for 4096×4096",
    );
    await expect(logCanvas(rec, "a", {} as HTMLCanvasElement).ended).rejects.toThrow(
      "`canvas` must be a canvas or an OffscreenCanvas, got an empty object",
    );
    await expect(logMediaStream(rec, "a", new MediaStream()).ended).rejects.toThrow(
      /`stream` must be a MediaStream with/,
    );
    await expect(logCanvas(rec, "a", canvas, { fps: 0 }).ended).rejects.toThrow(
      "`fps` must be a positive number, got 0",
    );
    await expect(logCanvas(rec, "a", canvas, { createWorker: "encoder.js" as never }).ended).rejects.toThrow(
      '`createWorker` must be a function, got "encoder.js"',
    );
    expect(errors.map(({ code }) => code)).toEqual([
      "UNSUPPORTED",
      "INVALID_ARGUMENT",
      "INVALID_ARGUMENT",
      "INVALID_ARGUMENT",
      "INVALID_ARGUMENT",
    ]);
  });
});
