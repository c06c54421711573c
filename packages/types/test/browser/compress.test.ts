import { RecordingStream } from "@rerun-ts/core";
import { Image, type EncodedImage } from "@rerun-ts/types";
import { expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

/** What the browser shows of the picture: the colour of its first pixel. */
async function firstPixel(image: EncodedImage): Promise<readonly number[]> {
  const recording = new RecordingStream("compress", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", image);
  const components = readChunks(memory.drainAsBytes())[0]?.components ?? {};
  expect(components["EncodedImage:media_type"]?.[0]).toEqual(["image/jpeg"]);
  expect(components["EncodedImage:opacity"]?.[0]).toEqual([0.5]);
  const [bytes] = (components["EncodedImage:blob"]?.[0] ?? []) as number[][];
  const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes ?? [])], { type: "image/jpeg" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  context.drawImage(bitmap, 0, 0);
  return [bitmap.width, bitmap.height, ...context.getImageData(0, 0, 1, 1).data];
}

it.each([
  ["RGB", [200, 100, 50], [200, 100, 50]],
  ["BGR", [200, 100, 50], [50, 100, 200]],
  ["L", [120], [120, 120, 120]],
  ["RGBA", [200, 100, 50, 255], [200, 100, 50]],
  ["BGRA", [200, 100, 50, 255], [50, 100, 200]],
] as const)("Image.compress encodes %s images as JPEG", async (colorModel, pixel, expected) => {
  const data = Uint8Array.from({ length: 16 * 8 * pixel.length }, (_, index) => pixel[index % pixel.length] ?? 0);
  const image = new Image({ data, width: 16, height: 8, colorModel }, { opacity: 0.5 });
  const [width, height, ...color] = await firstPixel(await image.compress({ jpegQuality: 100 }));
  expect([width, height]).toEqual([16, 8]);
  for (const [index, value] of expected.entries()) expect(Math.abs((color[index] ?? 0) - value)).toBeLessThan(6);
});

it("Image.compress rejects images that JPEG cannot hold", async () => {
  const image = new Image({ data: new Uint8Array(4), width: 1, height: 1 });
  await expect(image.compress()).rejects.toMatchObject({ code: "UNSUPPORTED" });
});
