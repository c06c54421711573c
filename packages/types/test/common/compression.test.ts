import { RecordingStream, type Compression } from "@rerun-ts/core";
import { Image, Pinhole, Points3D } from "@rerun-ts/types";
import { expect, test } from "vitest";

const WIDTH = 640;
const HEIGHT = 480;

/** The size of a recording of these pictures, as a share of the pictures themselves. */
function keptShare(pictures: readonly Uint8Array[], compression: Compression): number {
  const recording = new RecordingStream("compression", { strict: true, compression });
  const memory = recording.memoryRecording();
  for (const data of pictures) recording.log("camera", new Image({ data, width: WIDTH, height: HEIGHT }));
  return memory.drainAsBytes().byteLength / (pictures.length * WIDTH * HEIGHT * 3);
}

function picture(valueAt: (x: number, y: number, channel: number) => number): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3);
    return valueAt(pixel % WIDTH, Math.floor(pixel / WIDTH), index % 3);
  });
}

/** A number that seems random for each number. */
function mix(number: number): number {
  const mixed = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 16;
}

const noise = picture((x, y, channel) => mix((y * WIDTH + x) * 3 + channel));
const gradient = picture((x, y, channel) => (x + y + channel * 50) >> 2);
const plain = picture(() => 200);

test("compression auto: does not compress noise", () => {
  const share = keptShare([noise], "auto");
  expect(share).toBeGreaterThan(1);
  expect(share).toBeLessThan(1.03);
});

test("compression auto: detects repeated rows of an image", () => {
  expect(keptShare([gradient], "auto")).toBeLessThan(0.05);
  expect(keptShare([plain], "auto")).toBeLessThan(0.02);
});

test("compression auto: adapts if the images of a column change", () => {
  const pictures = [...Array<Uint8Array>(4).fill(noise), ...Array<Uint8Array>(28).fill(plain)];
  expect(keptShare(pictures, "auto")).toBeLessThan(0.3);
});

test("compression none compresses nothing, lz4 compresses everything", () => {
  expect(keptShare([plain], "none")).toBeGreaterThan(1);
  expect(keptShare([plain], "lz4")).toBeLessThan(0.02);
});

test("compression auto: compresses values that change little", () => {
  const recording = new RecordingStream("compression", { strict: true });
  const memory = recording.memoryRecording();
  const positions = Float32Array.from({ length: 300_000 }, (_, index) => (index % 3 === 0 ? index / 3 : 1));
  recording.log("cloud", new Points3D(positions));
  expect(memory.drainAsBytes().byteLength).toBeLessThan(positions.byteLength * 0.7);
});

test("compression auto: compresses wide rows and their footer, which are mostly names", () => {
  const recording = new RecordingStream("compression", { strict: true, sendProperties: false });
  const memory = recording.memoryRecording();
  for (let camera = 0; camera < 4; camera++) {
    recording.log(
      `cameras/${camera}`,
      new Pinhole({
        focalLength: 500,
        width: 640,
        height: 480,
        cameraXyz: "RDF",
        childFrame: "image",
        parentFrame: "camera",
        imagePlaneDistance: 0.5,
        color: "red",
        lineWidth: 2,
      }),
    );
  }
  expect(memory.drainAsBytes().byteLength).toBeLessThan(32_000);
});
