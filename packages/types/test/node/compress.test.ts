import { inflateSync } from "node:zlib";
import { RecordingStream } from "@rerun-ts/core";
import { DepthImage, Image } from "@rerun-ts/types";
import { expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

it("DepthImage.compress keeps all depths", async () => {
  const data = Uint16Array.from({ length: 50 * 40 }, (_, index) => (index * 977) % 65536);
  const recording = new RecordingStream("compress", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", await new DepthImage({ data, width: 50, height: 40 }).compress());
  const components = readChunks(memory.drainAsBytes())[0]?.components ?? {};
  const [blob] = (components["EncodedDepthImage:blob"]?.[0] ?? []) as number[][];
  const png = Buffer.from(blob ?? []);
  const length = png.readUInt32BE(33);
  expect(png.toString("latin1", 37, 41)).toBe("IDAT");
  const rows = inflateSync(png.subarray(41, 41 + length));
  for (let y = 0; y < 40; y++) {
    expect(rows[y * 101]).toBe(0);
    for (let x = 0; x < 50; x++) expect(rows.readUInt16BE(y * 101 + 1 + x * 2)).toBe(data[y * 50 + x]);
  }
});

it("Image.compress needs sharp, which is not installed here", async () => {
  const image = new Image({ data: new Uint8Array(3), width: 1, height: 1 });
  await expect(image.compress()).rejects.toThrow(/npm install sharp/);
});
