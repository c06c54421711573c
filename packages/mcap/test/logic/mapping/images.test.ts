import { Vector } from "apache-arrow";
import { describe, expect, it } from "vitest";
import { jsonColumns } from "../../../dist/json/json-columns.js";
import {
  mapCameras,
  mapCompressedImages,
  mapCompressedVideos,
  mapFoxgloveCompressedImages,
  mapImages,
} from "../../../dist/mapping/images.js";
import type { MappedRows } from "../../../dist/mapping/mapping.js";

type Messages = Parameters<typeof mapCameras>[0];

const TYPES = {
  width: { type: "integer" },
  height: { type: "integer" },
  step: { type: "integer" },
  encoding: { type: "string" },
  format: { type: "string" },
  frame_id: { type: "string" },
  data: { type: "string", contentEncoding: "base64" },
  K: { type: "array", items: { type: "number" } },
};

/** Messages with these fields, as columns. */
function messagesOf(...messages: readonly Readonly<Record<string, unknown>>[]): Messages {
  const [first = {}] = messages;
  const properties = Object.fromEntries(Object.entries(TYPES).filter(([name]) => name in first));
  const encoder = new TextEncoder();
  const columns = jsonColumns(encoder.encode(JSON.stringify({ type: "object", properties })), () => undefined);
  for (const message of messages) {
    const bytes = encoder.encode(JSON.stringify(message));
    columns.push(bytes, 0, bytes.byteLength);
  }
  return columns.rows as Messages;
}

const base64 = (bytes: readonly number[]): string => btoa(String.fromCharCode(...bytes));

/** The values of each row by the names of components. */
function valuesOf([mapped]: readonly MappedRows[]): Record<string, unknown> {
  const plain = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value;
  const components = mapped?.components ?? [];
  // A chunk has room for one column of each name.
  expect(new Set(components.map(({ name }) => name)).size).toBe(components.length);
  return Object.fromEntries(
    components.map(({ name, lists }) => [name, JSON.parse(JSON.stringify([...new Vector([lists])], plain)) as unknown]),
  );
}

const image = (encoding: string, step: number, bytes: readonly number[], size = [2, 2]): Record<string, unknown> => ({
  width: size[0],
  height: size[1],
  step,
  encoding,
  data: base64(bytes),
  frame_id: "cam",
});

describe("uncompressed images", () => {
  it("lose the padding of their rows, and bytes behind the last", () => {
    const padded = image("mono8", 3, [1, 2, 99, 3, 4, 99]);
    const tight = image("mono8", 2, [5, 6, 7, 8, 99]);
    expect(valuesOf(mapImages(false)(messagesOf(padded, tight), () => undefined))["Image:buffer"]).toEqual([
      [[1, 2, 3, 4]],
      [[5, 6, 7, 8]],
    ]);
  });

  it("share the memory of the messages if they are without padding, with the same result", () => {
    const messages = messagesOf(image("mono8", 2, [1, 2, 3, 4]), image("mono8", 2, [5, 6, 7, 8]));
    expect(valuesOf(mapImages(false)(messages, () => undefined))["Image:buffer"]).toEqual([
      [[1, 2, 3, 4]],
      [[5, 6, 7, 8]],
    ]);
  });

  it("of one channel are depth images only where that is wanted, each in its own row", () => {
    const messages = messagesOf(image("rgb8", 3, [1, 2, 3], [1, 1]), image("16UC1", 2, [4, 5], [1, 1]));
    const depths = valuesOf(mapImages(true)(messages, () => undefined));
    expect([depths["Image:buffer"], depths["DepthImage:buffer"]]).toEqual([
      [[[1, 2, 3]], null],
      [null, [[4, 5]]],
    ]);
    const images = valuesOf(mapImages(false)(messages, () => undefined));
    expect(images["Image:buffer"]).toEqual([[[1, 2, 3]], [[4, 5]]]);
    expect(images["DepthImage:buffer"]).toBeUndefined();
  });

  it("have their size, the layout of their pixels, and the frame of the image plane", () => {
    const values = valuesOf(
      mapImages(false)(messagesOf(image("bgr8", 6, Array<number>(12).fill(7), [2, 2])), () => undefined),
    );
    expect(values["Image:format"]).toEqual([
      [{ width: 2, height: 2, pixel_format: null, color_model: 4, channel_datatype: 6 }],
    ]);
    expect(values["CoordinateFrame:frame"]).toEqual([["cam_image_plane"]]);
  });

  it("in NV12 have half as many rows again", () => {
    const bytes = [1, 2, 3, 4, 5, 6, 99];
    const values = valuesOf(mapImages(false)(messagesOf(image("nv12", 2, bytes)), () => undefined));
    expect(values["Image:buffer"]).toEqual([[[1, 2, 3, 4, 5, 6]]]);
  });

  it("in an unknown encoding are reported by their row", () => {
    const reports: unknown[] = [];
    const messages = messagesOf(image("mono8", 1, [1], [1, 1]), image("odd", 1, [1], [1, 1]));
    const values = valuesOf(mapImages(false)(messages, (row, reason) => reports.push([row, reason])));
    expect(values["Image:buffer"]).toEqual([[[1]], null]);
    expect(reports).toEqual([[1, 'the image encoding "odd" is unknown']]);
  });
});

describe("compressed images", () => {
  const compressed = (format: string, bytes: readonly number[]): Record<string, unknown> => ({
    format,
    data: base64(bytes),
    frame_id: "cam",
  });

  it("of ROS are images, depth images without their header, or frames of a video", () => {
    const header = Array<number>(12).fill(0);
    const values = valuesOf(
      mapCompressedImages(
        messagesOf(
          compressed("rgb8; jpeg compressed bgr8", [1]),
          compressed("16UC1; compressedDepth png", [...header, 2]),
          compressed("16UC1; compressedDepth RVL", [...header, 3]),
          compressed("h264", [4]),
        ),
      ),
    );
    expect(values["EncodedImage:blob"]).toEqual([[[1]], null, null, null]);
    expect(values["EncodedDepthImage:blob"]).toEqual([null, [[2]], [[...header, 3]], null]);
    expect(values["EncodedDepthImage:media_type"]).toEqual([null, ["image/png"], ["application/rvl"], null]);
    expect(values["VideoStream:sample"]).toEqual([null, null, null, [[4]]]);
    expect(values["VideoStream:codec"]).toEqual([null, null, null, [0x61766331]]);
    expect(values["EncodedImage:media_type"]).toBeUndefined();
  });

  it("of Foxglove have the media type of their format", () => {
    const values = valuesOf(mapFoxgloveCompressedImages(messagesOf(compressed("jpeg", [1]), compressed("h264", [2]))));
    expect(values["EncodedImage:media_type"]).toEqual([["image/jpeg"], ["image/h264"]]);
    expect(values["VideoStream:sample"]).toBeUndefined();
  });

  it("of a video are left out with a report if the format is none of a video", () => {
    const reports: unknown[] = [];
    const messages = messagesOf(compressed("vp9", [1]), compressed("gif", [2]));
    const values = valuesOf(mapCompressedVideos(messages, (row, reason) => reports.push([row, reason])));
    expect(values["VideoStream:sample"]).toEqual([[[1]], null]);
    expect(reports).toEqual([[1, 'the video format "gif" is unknown']]);
  });
});

describe("cameras", () => {
  it("have the columns of their matrix one after the other, their size, and both frames", () => {
    const values = valuesOf(
      mapCameras(messagesOf({ K: [1, 2, 3, 4, 5, 6, 7, 8, 9], width: 640, height: 480, frame_id: "cam" })),
    );
    expect(values).toEqual({
      "Pinhole:image_from_camera": [[[1, 4, 7, 2, 5, 8, 3, 6, 9]]],
      "Pinhole:resolution": [[[640, 480]]],
      "Pinhole:parent_frame": [["cam"]],
      "Pinhole:child_frame": [["cam_image_plane"]],
    });
  });
});
