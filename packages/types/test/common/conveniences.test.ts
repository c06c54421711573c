import { RecordingStream, type AsComponents, type RerunError } from "@rerun-ts/core";
import {
  Asset3D,
  AssetAudio,
  AssetVideo,
  Boxes2D,
  Boxes3D,
  Capsules3D,
  DepthImage,
  Ellipsoids3D,
  EncodedImage,
  GeoLineStrings,
  GeoPoints,
  McapChannel,
  McapSchema,
  McapStatistics,
  Mesh3D,
  SegmentationImage,
  SeriesPoints,
  Transform3D,
  VideoFrameReference,
  VideoStream,
  ViewCoordinates,
  guessMediaType,
  readFrameTimestamps,
  uiPoints,
} from "@rerun-ts/types";
import { describe, expect, it } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";

/** The components of one row, strictly logged. */
function logged(data: AsComponents): Readonly<Record<string, unknown>> {
  const recording = new RecordingStream("conveniences", { strict: true });
  const memory = recording.memoryRecording();
  recording.log("x", data);
  const [chunk] = readChunks(memory.drainAsBytes());
  return Object.fromEntries(Object.entries(chunk?.components ?? {}).map(([name, rows]) => [name, rows[0]]));
}

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]);

describe("Capsules3D.fromEndpoints", () => {
  it.each([
    ["up", [0, 0, 2], 2, [0, 0, 0, 1]],
    ["down", [0, 0, -3], 3, [1, 0, 0, 0]],
    ["along x", [1, 0, 0], 1, [0, Math.SQRT1_2, 0, Math.SQRT1_2]],
    ["along y", [0, 4, 0], 4, [-Math.SQRT1_2, 0, 0, Math.SQRT1_2]],
    ["nowhere", [0, 0, 0], 0, [0, 0, 0, 1]],
  ])("rotates capsules that point %s", (_, end, length, quaternion) => {
    const components = logged(Capsules3D.fromEndpoints([0, 0, 0], end, 0.5));
    expect(components).toMatchObject({ "Capsules3D:lengths": [length], "Capsules3D:translations": [[0, 0, 0]] });
    const [found] = components["Capsules3D:quaternions"] as number[][];
    for (const [index, part] of quaternion.entries()) expect(found?.[index]).toBeCloseTo(part, 6);
  });
});

describe("guessMediaType", () => {
  it.each([
    ["scan.GLB", "model/gltf-binary"],
    ["/a.b/clip.mp4", "video/mp4"],
    ["notes.md", "text/markdown"],
    ["C:\\sound.wav", "audio/wav"],
    ["archive.tar.gz", undefined],
    ["folder.png/file", undefined],
    ["toString", undefined],
  ])("guesses by the name %s", (name, expected) => {
    expect(guessMediaType(name)).toBe(expected);
  });

  it.each([
    ["image/png", PNG],
    ["image/jpeg", new Uint8Array([0xff, 0xd8, 0xff, 0xe0])],
    ["application/x-ply", new TextEncoder().encode("ply\r\nformat ascii 1.0")],
    ["image/webp", new TextEncoder().encode("RIFF....WEBP")],
    ["video/mp4", new TextEncoder().encode("....ftypisom")],
    ["audio/mp4", new TextEncoder().encode("....ftypM4A ")],
    [undefined, new Uint8Array(0)],
    [undefined, new TextEncoder().encode("o cube")],
  ])("guesses by the bytes of %s", (expected, bytes) => {
    expect(guessMediaType(bytes)).toBe(expected);
  });

  it.each([
    ["EncodedImage", EncodedImage],
    ["Asset3D", Asset3D],
    ["AssetVideo", AssetVideo],
    ["AssetAudio", AssetAudio],
  ])("%s.fromBlob leaves what is no blob to the recording, which reports it", async (name, Class) => {
    for (const blob of [undefined, 3, {}]) {
      const file = await Class.fromBlob(blob as never);
      expect(() => logged(file)).toThrow(new RegExp(`^\`${name}.fromBlob\` at \`/x\` must be a Blob or File, got `));
    }
  });

  it("takes the records of @mcap/core as they are", () => {
    const channel = { id: 1, schemaId: 2, topic: "/imu", messageEncoding: "cdr", metadata: new Map([["a", "b"]]) };
    const schema = { id: 2, name: "sensor_msgs/Imu", encoding: "ros2msg", data: new Uint8Array([1]) };
    const counts = { messageCount: 3n, schemaCount: 1, channelCount: 1, attachmentCount: 0, metadataCount: 0 };
    const times = { chunkCount: 1, messageStartTime: 1n, messageEndTime: 2n };
    const statistics = { ...counts, ...times, channelMessageCounts: new Map([[1, 3n]]) };
    expect(logged(new McapChannel({ type: "Channel", ...channel } as typeof channel))).toMatchObject({
      "McapChannel:topic": ["/imu"],
    });
    expect(logged(new McapSchema({ type: "Schema", ...schema } as typeof schema))).toMatchObject({
      "McapSchema:name": ["sensor_msgs/Imu"],
    });
    expect(logged(new McapStatistics({ type: "Statistics", ...statistics } as typeof statistics))).toMatchObject({
      "McapStatistics:message_count": [3n],
    });
  });

  it("rejects objects without keys as metadata, unless they are plain", () => {
    const channel = { id: 1, topic: "/imu", messageEncoding: "cdr" };
    for (const metadata of [new Date(0), /x/, Promise.resolve()])
      expect(() => logged(new McapChannel({ ...channel, metadata: metadata as never }))).toThrow(
        "`McapChannel.metadata` at `/x` must be an object, a Map or a list of pairs, got",
      );
    expect(logged(new McapChannel({ ...channel, metadata: {} }))).toMatchObject({ "McapChannel:metadata": [[]] });
  });

  it("sets the media type of files, unless it is given or unknown", async () => {
    const type = "EncodedImage:media_type";
    expect(logged(new EncodedImage({ contents: PNG }))[type]).toEqual(["image/png"]);
    expect(logged(new EncodedImage({ contents: PNG.buffer, mediaType: "image/x" }))[type]).toEqual(["image/x"]);
    expect(logged(new EncodedImage({ contents: new Uint8Array([1]) }))).toEqual({ "EncodedImage:blob": [[1]] });
    expect(logged(new EncodedImage({ blob: null }))).toEqual({ "EncodedImage:blob": [] });
    const blob = new Blob([PNG], { type: "image/y" });
    expect(logged(await EncodedImage.fromBlob(blob))[type]).toEqual(["image/y"]);
    // A server that does not know a file calls it bytes.
    for (const unknown of ["", "application/octet-stream", "binary/octet-stream", "Application/Octet-Stream; a=b"]) {
      const file = new Blob([PNG], { type: unknown });
      expect(logged(await Asset3D.fromBlob(file))["Asset3D:media_type"]).toEqual(["image/png"]);
    }
    expect(logged(await AssetVideo.fromBlob(blob, { mediaType: "z" }))["AssetVideo:media_type"]).toEqual(["z"]);
  });
});

describe("video frames", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ["text", new TextEncoder().encode("this is no video at all"), /`video` must be an MP4 video, got/],
    ["nothing", new Uint8Array(0), /got a file without the box `moov`/],
    ["a truncated box", new Uint8Array([0, 0, 0, 99, 0x6d, 0x6f, 0x6f, 0x76]), /must be a file with a video/],
  ])("readFrameTimestamps rejects %s", (_, bytes, message) => {
    expect(() => readFrameTimestamps(bytes)).toThrow(message);
  });

  it.each([
    ["H264", "avc1.42E01E"],
    ["H265", "hvc1.1.6.L93.B0"],
    ["VP8", "vp8"],
    ["VP9", "vp09.00.10.08"],
    ["AV1", "av01.0.04M.08"],
    ["AV1", "AV1"],
  ])("VideoStream.fromEncodedChunk recognises %s by the WebCodecs string %s", (codec, name) => {
    const chunk = { type: "key", byteLength: 2, copyTo: (out: Uint8Array) => out.set([7, 8]) };
    const expected = logged(new VideoStream(codec as "AV1", { sample: new Uint8Array([7, 8]), isKeyframe: true }));
    expect(logged(VideoStream.fromEncodedChunk(chunk, { codec: name }))).toEqual(expected);
    const delta = logged(VideoStream.fromEncodedChunk({ ...chunk, type: "delta" }, { codec: name }));
    expect(Object.keys(delta).sort()).toEqual(["VideoStream:codec", "VideoStream:sample"]);
  });
});

describe("DepthImage.compress", () => {
  it("creates a PNG of 8 or 16 bits and keeps the options", async () => {
    const image = { data: new Uint16Array([0, 256, 65535, 1, 2, 3]), width: 3, height: 2 };
    const compressed = await new DepthImage(image, { meter: 1000, colormap: "Viridis" }).compress();
    const components = logged(compressed);
    const [png] = components["EncodedDepthImage:blob"] as number[][];
    expect(png?.slice(0, 8)).toEqual([...PNG.subarray(0, 8)]);
    const view = new DataView(Uint8Array.from(png ?? []).buffer);
    expect([view.getUint32(16), view.getUint32(20), view.getUint8(24), view.getUint8(25)]).toEqual([3, 2, 16, 0]);
    expect(components).toMatchObject({
      "EncodedDepthImage:media_type": ["image/png"],
      "EncodedDepthImage:meter": [1000],
      "EncodedDepthImage:colormap": [6],
    });
  });

  it("rejects depths that are not integers of 8 or 16 bits", async () => {
    const image = new DepthImage({ data: new Float32Array(4), width: 2, height: 2 });
    await expect(image.compress()).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});

it("uiPoints returns negative radii", () => {
  expect([uiPoints(5), uiPoints(-5), uiPoints([1, 2])]).toEqual([-5, -5, new Float32Array([-1, -2])]);
});

it("ViewCoordinates has all coordinate systems as constants", () => {
  expect(logged(ViewCoordinates.RDF)).toEqual({ "ViewCoordinates:xyz": [[3, 2, 5]] });
  expect(logged(ViewCoordinates.RIGHT_HAND_Y_UP)).toEqual({ "ViewCoordinates:xyz": [[3, 1, 6]] });
});

it("SeriesPoints without options has circles as markers", () => {
  expect(logged(new SeriesPoints())).toEqual({ "SeriesPoints:markers": [1] });
  expect(logged(new SeriesPoints({ colors: "red" }))).toEqual({ "SeriesPoints:colors": [0xff0000ff] });
});

const POSITIONS = [0, 0, 0, 1, 0, 0, 0, 1, 0];
const TEXTURE = { data: new Uint8Array(4), width: 2, height: 2 };
const ROWS = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 5, 1],
];

describe("wrong use of conveniences is reported, and nothing is logged", () => {
  it.each<[what: string, make: () => AsComponents, argument: string, message: RegExp]>([
    [
      "arrays without format",
      () => new Boxes2D({ array: [1, 2, 3, 4] } as never),
      "Boxes2D.arrayFormat",
      /one of XYWH/,
    ],
    [
      "an unknown format",
      () => new Boxes2D({ array: [1, 2, 3, 4], arrayFormat: "WH" as never }),
      "Boxes2D.arrayFormat",
      /"WH"/,
    ],
    [
      "an array of three",
      () => new Boxes2D({ array: [1, 2, 3], arrayFormat: "XYWH" }),
      "Boxes2D.array",
      /vectors of 4.*got 3 numbers/,
    ],
    [
      "an array and sizes",
      () => new Boxes2D({ array: [1, 2, 3, 4], arrayFormat: "XYWH", sizes: [1, 1] } as never),
      "Boxes2D.array",
      /cannot be combined with `sizes`/,
    ],
    ["corners alone", () => new Boxes2D({ mins: [0, 0] } as never), "Boxes2D.mins", /pass `sizes` or `halfSizes`/],
    [
      "both sizes",
      () => new Boxes2D({ sizes: [1, 1], halfSizes: [1, 1] } as never),
      "Boxes2D.sizes",
      /cannot be combined with `halfSizes`/,
    ],
    [
      "rotations of both kinds",
      () => new Boxes3D({ halfSizes: [1, 1, 1], rotations: [0, 0, 0, 1], quaternions: [0, 0, 0, 1] } as never),
      "Boxes3D.rotations",
      /cannot be combined/,
    ],
    [
      "a rotation and a quaternion",
      () => new Transform3D({ rotation: [0, 0, 0, 1], quaternion: [0, 0, 0, 1] } as never),
      "Transform3D.rotation",
      /cannot be combined/,
    ],
    ["a rotation of three", () => new Transform3D({ rotation: [0, 0, 1] }), "Transform3D.quaternion", /vectors of 4/],
    [
      "a matrix that projects",
      () => Transform3D.fromMatrix4(ROWS),
      "Transform3D.fromMatrix4",
      /last row is 0, 0, 0, 1, got one with 0, 0, 5, 1/,
    ],
    [
      "a matrix of three rows",
      () => Transform3D.fromMatrix4(ROWS.slice(1)),
      "Transform3D.fromMatrix4",
      /4×4 matrix.*3 rows/,
    ],
    [
      "radii and half sizes",
      () => new Ellipsoids3D({ radii: 1, halfSizes: [1, 1, 1] } as never),
      "Ellipsoids3D.radii",
      /cannot be combined with `halfSizes`/,
    ],
    ["radii that are none", () => new Ellipsoids3D({ radii: "x" as never }), "Ellipsoids3D.radii", /a number.*got "x"/],
    [
      "several kinds of degrees",
      () => new GeoPoints({ latLon: [1, 2], lonLat: [1, 2] } as never),
      "GeoPoints",
      /has 2 of .*: pass one/,
    ],
    ["degrees of three", () => new GeoPoints({ lonLat: [1, 2, 3] }), "GeoPoints.lonLat", /got 3 numbers/],
    ["strings of three", () => new GeoLineStrings({ lonLat: [1, 2, 3] }), "GeoLineStrings.lonLat", /got 3 numbers/],
    [
      "a grey texture",
      () => new Mesh3D({ vertexPositions: POSITIONS, albedoTexture: TEXTURE }),
      "Mesh3D.albedoTexture",
      /RGB or RGBA, got L/,
    ],
    [
      "two textures",
      () => new Mesh3D({ vertexPositions: POSITIONS, albedoTexture: TEXTURE, albedoTextureBuffer: new Uint8Array(1) }),
      "Mesh3D.albedoTexture",
      /cannot be combined with `albedoTextureBuffer`/,
    ],
    [
      "no chunk",
      () => VideoStream.fromEncodedChunk(undefined as never, { codec: "AV1" }),
      "VideoStream.fromEncodedChunk",
      /an EncodedVideoChunk of WebCodecs, got undefined/,
    ],
    [
      "a chunk without a codec",
      () => VideoStream.fromEncodedChunk({ type: "key", byteLength: 0, copyTo: () => {} }, undefined as never),
      "VideoStream.codec",
      /is missing/,
    ],
    [
      "more ends than starts",
      () => Capsules3D.fromEndpoints([0, 0, 0], [0, 0, 0, 1, 1, 1], 1),
      "Capsules3D.ends",
      /as many as there are starts, 1, got 2/,
    ],
    [
      "contents and a blob",
      () => new Asset3D({ contents: PNG, blob: PNG } as never),
      "Asset3D.contents",
      /cannot be combined with `blob`/,
    ],
    [
      "contents that are text",
      () => new EncodedImage({ contents: "png" as never }),
      "EncodedImage.contents",
      /bytes.*got "png"/,
    ],
    [
      "classes with colours",
      () => new SegmentationImage({ ...TEXTURE, colorModel: "L" }),
      "SegmentationImage",
      /pass one value per pixel/,
    ],
    [
      "depths that are too few",
      () => new DepthImage({ data: new Uint8Array(3), width: 2, height: 2 }),
      "DepthImage.data",
      /2 × 2 values, that is 4, got 3/,
    ],
    [
      "nanoseconds as a number",
      () => new VideoFrameReference(1e9),
      "VideoFrameReference.timestamp",
      /nanoseconds\? a bigint/,
    ],
  ])("%s", (_, make, argument, message) => {
    const warnings: RerunError[] = [];
    const recording = new RecordingStream("wrong", { onWarning: (warning) => warnings.push(warning) });
    const memory = recording.memoryRecording();
    recording.log("x", make());
    expect(readChunks(memory.drainAsBytes())).toEqual([]);
    expect(warnings).toMatchObject([{ code: "INVALID_DATA", argument }]);
    expect(warnings[0]?.message).toMatch(message);
  });
});
