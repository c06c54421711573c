import { RecordingStream, TimeColumn, type AsComponents } from "@rerun-ts/core";
import { EncodedImage, Image, Points3D, Tensor } from "@rerun-ts/types";
import { beforeAll, describe, expect, it } from "vitest";

/** Memory that is reserved and never touched, so that it costs nothing. */
let huge: ArrayBuffer;
beforeAll(() => {
  huge = new ArrayBuffer(2 ** 31 + 4);
});

describe("values of 2 GiB and more", () => {
  it.each<[string, () => AsComponents, string]>([
    ["a file", () => new EncodedImage({ contents: huge, mediaType: "image/png" }), "EncodedImage.blob"],
    ["pixels", () => new Image({ data: huge, width: 2 ** 16, height: 2 ** 14, pixelFormat: "NV12" }), "Image.buffer"],
    ["a tensor", () => new Tensor(new Uint8Array(huge)), "Tensor.data"],
    ["points", () => new Points3D(new Float32Array(huge, 0, 3 * Math.floor(2 ** 29 / 3) + 3)), "Points3D.positions"],
  ])("are reported, and the row is not stored: %s", (_, make, argument) => {
    const recording = new RecordingStream("huge", { strict: true, sendProperties: false });
    expect(() => recording.log("x", make())).toThrow(expect.objectContaining({ code: "INVALID_DATA", argument }));
    expect(() => recording.log("x", make())).toThrow("must be smaller than 2 GiB, got 214748");
    expect(recording.stats()).toMatchObject({ rows: 0, chunks: 0 });
  });

  it("are reported in columns", () => {
    const recording = new RecordingStream("huge", { strict: true, sendProperties: false });
    const columns = Image.columns({ buffer: { bytes: huge, size: huge.byteLength } });
    const send = (): void => recording.sendColumns("x", TimeColumn.sequence("frame", [1]), columns);
    expect(send).toThrow("must be smaller than 2 GiB");
    expect(recording.stats()).toMatchObject({ rows: 0, chunks: 0 });
  });
});
