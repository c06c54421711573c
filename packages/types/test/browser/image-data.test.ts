import { RecordingStream } from "@rerun-ts/core";
import { Image } from "@rerun-ts/types";
import { expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

it("Image accepts the ImageData of a canvas", () => {
  const context = new OffscreenCanvas(2, 1).getContext("2d");
  if (context === null) throw new Error("there is no canvas");
  context.fillStyle = "#ff8000";
  context.fillRect(0, 0, 2, 1);
  const recording = new RecordingStream("canvas", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("canvas", new Image(context.getImageData(0, 0, 2, 1)));
  expect(readChunks(memory.drainAsBytes())[0]?.components).toMatchObject({
    "Image:buffer": [[[255, 128, 0, 255, 255, 128, 0, 255]]],
    "Image:format": [[{ width: 2, height: 1, color_model: 3, channel_datatype: 6 }]],
  });
});

it("Image refuses the ImageData of a canvas with a wide gamut, whose numbers mean other colours", () => {
  const recording = new RecordingStream("canvas", { strict: true });
  const wide = new ImageData(2, 1, { colorSpace: "display-p3" });
  expect(() => recording.log("canvas", new Image(wide))).toThrow(
    'must be "srgb" (`getImageData` converts with its option `colorSpace`), got "display-p3"',
  );
});
