import type { MemoryRecording } from "@rerun-ts/core";
import { Image, RecordingStream, logImageBitmap, type types } from "@rerun-ts/web";
import { afterEach, describe, expect, it } from "vitest";
import { readChunks, valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { needImageType } from "./features.ts";

const WIDTH = 64;
const HEIGHT = 48;

function canvasOf(color: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  paint(canvas, color);
  return canvas;
}

function paint(canvas: HTMLCanvasElement | OffscreenCanvas, color: string): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = color;
  context.fillRect(0, 0, canvas.width, canvas.height);
}

function offscreenOf(color: string): OffscreenCanvas {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  paint(canvas, color);
  return canvas;
}

async function imageOf(color: string): Promise<HTMLImageElement> {
  const image = document.createElement("img");
  image.src = canvasOf(color).toDataURL();
  await image.decode();
  return image;
}

async function videoOf(color: string): Promise<HTMLVideoElement> {
  const canvas = canvasOf(color);
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = canvas.captureStream(30);
  const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  void video.play();
  // The stream may begin after the first painting.
  const painting = setInterval(() => paint(canvas, color), 20);
  await shown;
  clearInterval(painting);
  return video;
}

interface Observed {
  readonly recording: RecordingStream;
  readonly memory: MemoryRecording;
  readonly warnings: string[];
}

function observe(strict = false): Observed {
  const warnings: string[] = [];
  const recording = new RecordingStream("page", {
    strict,
    sendProperties: false,
    onWarning: ({ message }) => warnings.push(message),
  });
  return { recording, memory: recording.memoryRecording(), warnings };
}

/** The colour in the middle of an image. */
async function colorOf(bytes: ArrayLike<number>): Promise<number[]> {
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
  expect([bitmap.width, bitmap.height]).toEqual([WIDTH, HEIGHT]);
  const context = new OffscreenCanvas(WIDTH, HEIGHT).getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  return [...context.getImageData(WIDTH / 2, HEIGHT / 2, 1, 1).data];
}

const close = (value: number): unknown => expect.closeTo(value, -0.9);

describe("logImageBitmap", () => {
  const cleanUps: (() => void)[] = [];
  afterEach(() => {
    for (const cleanUp of cleanUps.splice(0)) cleanUp();
  });

  it.each([
    ["a canvas", async () => canvasOf("#f80")],
    ["an OffscreenCanvas", async () => offscreenOf("#f80")],
    ["an image element", () => imageOf("#f80")],
    ["a video element", () => videoOf("#f80")],
    ["a VideoFrame", async () => new VideoFrame(canvasOf("#f80"), { timestamp: 0 })],
    ["an ImageBitmap", () => createImageBitmap(canvasOf("#f80"))],
    ["ImageData", async () => canvasOf("#f80").getContext("2d")?.getImageData(0, 0, WIDTH, HEIGHT) as ImageData],
    ["a Blob", () => offscreenOf("#f80").convertToBlob()],
  ] as const)("logs %s as JPEG", async (_, make) => {
    const { recording, memory } = observe(true);
    const source = await make();
    expect(await logImageBitmap(recording, "a", source, { encoding: "jpeg", opacity: 0.5 })).toBe(true);
    const [chunk] = readChunks(memory.drainAsBytes());
    const components = chunk?.components ?? {};
    expect(components["EncodedImage:media_type"]).toEqual([["image/jpeg"]]);
    expect(components["EncodedImage:opacity"]).toEqual([[0.5]]);
    const [[blob]] = components["EncodedImage:blob"] as [[number[]]];
    // The colours of videos are less exact.
    expect(await colorOf(blob)).toEqual([close(255), close(136), close(0), 255]);
  });

  it("logs a canvas as PNG", async () => {
    const { recording, memory } = observe(true);
    await logImageBitmap(recording, "a", canvasOf("#f80"), { encoding: "png" });
    const rrd = memory.drainAsBytes();
    expect(valuesOf(rrd, "/a", "EncodedImage:media_type")).toEqual([["image/png"]]);
    const [[blob]] = valuesOf(rrd, "/a", "EncodedImage:blob") as [[number[]]];
    expect(await colorOf(blob)).toEqual([close(255), close(136), close(0), 255]);
  });

  it("logs a canvas and ImageData as raw pixels", async () => {
    const { recording, memory } = observe(true);
    const canvas = canvasOf("#f80");
    await logImageBitmap(recording, "a", canvas, { encoding: "raw" });
    const data = canvas.getContext("2d")?.getImageData(0, 0, WIDTH, HEIGHT) as ImageData;
    await logImageBitmap(recording, "b", data, { encoding: "raw" });
    recording.log("c", new Image(data));
    const rrd = memory.drainAsBytes();
    const expected = valuesOf(rrd, "/c", "Image:buffer");
    expect(valuesOf(rrd, "/a", "Image:buffer")).toEqual(expected);
    expect(valuesOf(rrd, "/b", "Image:buffer")).toEqual(expected);
    expect(valuesOf(rrd, "/a", "Image:format")).toEqual(valuesOf(rrd, "/c", "Image:format"));
  });

  it("logs ImageData of a wide gamut as the same colours in sRGB", async () => {
    const { recording, memory } = observe(true);
    const wide = new ImageData(1, 1, { colorSpace: "display-p3" });
    // Orange within sRGB. Source: CSS Color Module Level 4.
    wide.data.set([236, 145, 54, 255]);
    await logImageBitmap(recording, "a", wide, { encoding: "raw" });
    const [[pixels]] = valuesOf(memory.drainAsBytes(), "/a", "Image:buffer") as [[number[]]];
    expect(pixels[0]).toBeGreaterThan(248);
    expect(pixels[1]).toBeLessThan(145);
    expect(pixels[2]).toBeLessThan(40);
  });

  it("logs a turned VideoFrame as it is displayed", async () => {
    const landscape = new VideoFrame(canvasOf("#f80"), { timestamp: 0 });
    const turned = new VideoFrame(landscape, { timestamp: 0, rotation: 90 } as VideoFrameInit);
    // Only newer browsers turn frames.
    const upright = "rotation" in turned ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
    const { recording, memory } = observe(true);
    await logImageBitmap(recording, "a", turned, { encoding: "raw" });
    const rrd = memory.drainAsBytes();
    const [[format]] = valuesOf(rrd, "/a", "Image:format") as [[{ width: number; height: number }]];
    expect([format.width, format.height]).toEqual(upright);
    const [[pixels]] = valuesOf(rrd, "/a", "Image:buffer") as [[number[]]];
    expect(pixels.slice(0, 4)).toEqual([close(255), close(136), close(0), 255]);
    expect(pixels.slice(-4)).toEqual([close(255), close(136), close(0), 255]);
  });

  it("logs a file and pixels of another window", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    cleanUps.push(() => frame.remove());
    const other = frame.contentWindow as unknown as typeof globalThis;
    const { recording, memory } = observe(true);
    const png = await (await offscreenOf("#f80").convertToBlob()).arrayBuffer();
    await logImageBitmap(recording, "a", new other.Blob([png], { type: "image/png" }));
    await logImageBitmap(recording, "b", new other.ImageData(2, 1), { encoding: "raw" });
    recording.log("c", new Image(new other.ImageData(2, 1)));
    const rrd = memory.drainAsBytes();
    expect(valuesOf(rrd, "/a", "EncodedImage:blob")).toEqual([[[...new Uint8Array(png)]]]);
    expect(valuesOf(rrd, "/b", "Image:format")).toEqual(valuesOf(rrd, "/c", "Image:format"));
  });

  it.each(["image/jpeg", "image/png"])("logs a Blob of type %s unchanged", async (type) => {
    const { recording, memory } = observe(true);
    const blob = await offscreenOf("#f80").convertToBlob({ type });
    await logImageBitmap(recording, "a", blob);
    const [[logged]] = valuesOf(memory.drainAsBytes(), "/a", "EncodedImage:blob") as [[number[]]];
    expect(logged).toEqual([...new Uint8Array(await blob.arrayBuffer())]);
  });

  it("logs a PNG unchanged that a server has called bytes", async () => {
    const { recording, memory } = observe(true);
    const bytes = await (await offscreenOf("#f80").convertToBlob({ type: "image/png" })).arrayBuffer();
    await logImageBitmap(recording, "a", new Blob([bytes], { type: "binary/octet-stream" }));
    const values = memory.drainAsBytes();
    expect(valuesOf(values, "/a", "EncodedImage:blob")).toEqual([[[...new Uint8Array(bytes)]]]);
    expect(valuesOf(values, "/a", "EncodedImage:media_type")).toEqual([["image/png"]]);
  });

  it("converts WebP, which viewers do not show, to JPEG", async (context) => {
    await needImageType(context, "image/webp");
    const { recording, memory } = observe(true);
    await logImageBitmap(recording, "a", await offscreenOf("#f80").convertToBlob({ type: "image/webp" }));
    expect(valuesOf(memory.drainAsBytes(), "/a", "EncodedImage:media_type")).toEqual([["image/jpeg"]]);
  });

  it("scales images down to `maxSize`, and keeps their aspect ratio", async () => {
    const { recording, memory } = observe(true);
    await logImageBitmap(recording, "a", canvasOf("#f80"), { maxSize: 32, encoding: "raw" });
    await logImageBitmap(recording, "a", canvasOf("#f80"), { maxSize: 100, encoding: "raw" });
    expect(valuesOf(memory.drainAsBytes(), "/a", "Image:format")).toMatchObject([
      [{ width: 32, height: 24 }],
      [{ width: WIDTH, height: HEIGHT }],
    ]);
  });

  it("uses the pixels and times of the call, and logs in the order of the calls", async () => {
    const { recording, memory } = observe(true);
    const canvas = canvasOf("#f00");
    const calls: Promise<boolean>[] = [];
    // The clocks of some browsers have steps of a millisecond.
    const before = BigInt(Date.now() - 2) * 1_000_000n;
    for (const [frame, color] of ["#f00", "#0f0", "#00f"].entries()) {
      recording.setTime("frame", frame);
      paint(canvas, color);
      // The first one takes the longest to encode.
      calls.push(logImageBitmap(recording, "a", canvas, { encoding: frame === 0 ? "png" : "jpeg" }));
    }
    recording.setTime("frame", 99);
    paint(canvas, "#fff");
    const after = BigInt(Date.now() + 2) * 1_000_000n;
    expect(await Promise.all(calls)).toEqual([true, true, true]);
    const chunks = readChunks(memory.drainAsBytes());
    expect(chunks.flatMap(({ times }) => times.frame)).toEqual([0n, 1n, 2n]);
    const logTimes = chunks.flatMap(({ times }) => times.log_time ?? []);
    expect(logTimes).toEqual([...logTimes].sort((a, b) => Number(a - b)));
    for (const time of logTimes) expect(time > before && time < after).toBe(true);
    const blobs = chunks.flatMap(({ components }) => components["EncodedImage:blob"]) as [number[]][];
    expect(await Promise.all(blobs.map(async ([blob]) => (await colorOf(blob)).slice(0, 3)))).toEqual([
      [close(255), close(0), close(0)],
      [close(0), close(255), close(0)],
      [close(0), close(0), close(255)],
    ]);
  });

  it("logs static images, and images at given times", async () => {
    const { recording, memory } = observe(true);
    recording.setTime("frame", 1);
    await logImageBitmap(recording, "fixed", canvasOf("#f80"), { static: true });
    await logImageBitmap(recording, "timed", canvasOf("#f80"), { time: { frame: 7 } });
    const chunks = readChunks(memory.drainAsBytes());
    expect(chunks.find(({ entityPath }) => entityPath === "/fixed")?.isStatic).toBe(true);
    expect(chunks.find(({ entityPath }) => entityPath === "/timed")?.times.frame).toEqual([7n]);
  });

  it("drops images beyond `maxPending`, with one warning", async () => {
    const { recording, memory, warnings } = observe();
    const calls = Array.from({ length: 5 }, () => logImageBitmap(recording, "a", canvasOf("#f80"), { maxPending: 2 }));
    expect(await Promise.all(calls)).toEqual([true, true, false, false, false]);
    expect(readChunks(memory.drainAsBytes()).reduce((sum, { rows }) => sum + rows, 0)).toBe(2);
    expect(warnings).toEqual([expect.stringMatching(/images are dropped/)]);
    expect(await logImageBitmap(recording, "a", canvasOf("#f80"), { maxPending: 2 })).toBe(true);
  });

  it.each([
    [document.createElement("div"), {}, /^`source` at `\/a` must be a readable image: .*, got HTMLDivElement; /],
    [document.createElement("img"), {}, /^`source` at `\/a` must be a readable image: .*, got HTMLImageElement: .*/],
    [
      new Blob(["nothing"], { type: "image/avif" }),
      {},
      /^`source` at `\/a` must be a readable image: .*, got Blob: .*/,
    ],
    [undefined, {}, /^`source` at `\/a` must be a readable image: .*, got undefined/],
    [canvasOf("#f80"), { encoding: "gif" }, /^`encoding` at `\/a` must be one of jpeg, png, raw, got "gif"/],
    [canvasOf("#f80"), { quality: 101 }, /^`quality` at `\/a` must be a number from 0 to 100, got 101/],
    [canvasOf("#f80"), { maxSize: 0 }, /^`maxSize` at `\/a` must be a number of pixels, at least 1, got 0/],
  ])("reports %o with %o with its path, and logs the next image", async (source, options, message) => {
    const { recording, memory, warnings } = observe();
    const bad = logImageBitmap(recording, "a", source as unknown as ImageData, options as types.LogImageBitmapOptions);
    const good = logImageBitmap(recording, "a", canvasOf("#f80"));
    expect(await Promise.all([bad, good])).toEqual([false, true]);
    expect(warnings).toEqual([expect.stringMatching(message)]);
    expect(readChunks(memory.drainAsBytes())).toHaveLength(1);

    const { recording: strict } = observe(true);
    await expect(
      logImageBitmap(strict, "a", source as unknown as ImageData, options as types.LogImageBitmapOptions),
    ).rejects.toMatchObject({ code: "INVALID_DATA", entityPath: "/a" });
  });

  it("encodes in the calling thread where workers are not available", async () => {
    const { Worker } = globalThis;
    Reflect.deleteProperty(globalThis, "Worker");
    cleanUps.push(() => Object.assign(globalThis, { Worker }));
    const { recording, memory } = observe(true);
    expect(await logImageBitmap(recording, "a", canvasOf("#f80"))).toBe(true);
    expect(valuesOf(memory.drainAsBytes(), "/a", "EncodedImage:media_type")).toEqual([["image/jpeg"]]);
  });
});
