import type { Data } from "apache-arrow";
import type { StructColumn } from "../columns/nested-columns.ts";
import { NumberColumn } from "../columns/number-column.ts";
import { component, numberData, onePerRow, optional, texts, vectorData, type ComponentData } from "./component-data.ts";
import { IMAGE_PLANE, coordinateFrames, frameIds, frameNames } from "./coordinate-frames.ts";
import { ENCODINGS, imageFormats, type ImageFormat } from "./image-formats.ts";
import { blobData, bytesAt, listsAt, numbersAt, textsAt, type ByteLists } from "./message-fields.ts";
import { withoutPadding } from "./packed-points.ts";
import type { MappedRows, ReportLoss } from "./mapping.ts";

/** The size and encoding of an image, and the place of its pixels. */
interface RawImage extends ImageFormat {
  readonly pixels: Uint8Array;
}

/** A mapping of uncompressed images: to depth images too where ROS has one channel. */
export function mapImages(hasDepth: boolean): (messages: StructColumn, report: ReportLoss) => MappedRows[] {
  return (messages, report) => {
    const images = readImages(messages, report);
    const isDepth = images.map((image) => hasDepth && image?.layout.isDepth === true);
    const of = (depth: boolean): (RawImage | undefined)[] =>
      images.map((image, row) => (isDepth[row] === depth ? image : undefined));
    const components = [...imageComponents("Image", of(false)), ...imageComponents("DepthImage", of(true))];
    return [{ components: [...components, coordinateFrames(messages, IMAGE_PLANE)] }];
  };
}

/** The pixels of each image without the padding of its rows. `undefined` if the encoding is unknown. */
function readImages(messages: StructColumn, report: ReportLoss): (RawImage | undefined)[] {
  const [widths, heights, steps] = ["width", "height", "step"].map((name) => numbersAt(messages, name));
  const encodings = textsAt(messages, "encoding");
  const { offsets, bytes } = bytesAt(messages, "data");
  return Array.from({ length: messages.length }, (_, row) => {
    const encoding = encodings.textAt(row);
    const layout = ENCODINGS[encoding];
    if (layout === undefined) {
      report(row, `the image encoding ${JSON.stringify(encoding)} is unknown`);
      return undefined;
    }
    const [width, height, step] = [Number(widths?.[row]), Number(heights?.[row]), Number(steps?.[row])];
    const data = bytes.subarray(offsets[row], offsets[row + 1]);
    const rowBytes = width * layout.pixelBytes;
    const rows = Math.ceil(height * (layout.rows ?? 1));
    return { width, height, layout, pixels: withoutPadding(data, rowBytes, step).subarray(0, rowBytes * rows) };
  });
}

/** Buffers and formats of the rows that have an image. */
function imageComponents(archetype: string, images: readonly (RawImage | undefined)[]): ComponentData[] {
  const present = images.filter((image) => image !== undefined);
  if (present.length === 0) return [];
  const lists = (instances: Data): Data => optional(instances, (row) => images[row] !== undefined, images.length);
  return [
    component(`${archetype}:buffer`, "ImageBuffer", lists(sharedOrJoined(present.map(({ pixels }) => pixels)))),
    component(`${archetype}:format`, "ImageFormat", lists(imageFormats(present))),
  ];
}

/** Pieces of bytes as blobs. They are copied. */
export function joinedBlobs(pieces: readonly Uint8Array[]): Data {
  const offsets = offsetsOf(pieces);
  const bytes = new Uint8Array(offsets[pieces.length] as number);
  for (const [index, piece] of pieces.entries()) bytes.set(piece, offsets[index]);
  return blobData({ offsets, bytes });
}

/** Pieces of a column as blobs: without a copy if one begins where the one before ends. */
function sharedOrJoined(pieces: readonly Uint8Array[]): Data {
  const [{ buffer, byteOffset }] = pieces as readonly [Uint8Array];
  const offsets = offsetsOf(pieces);
  const isInSequence = pieces.every(
    (piece, index) => piece.buffer === buffer && piece.byteOffset === byteOffset + (offsets[index] as number),
  );
  if (!isInSequence) return joinedBlobs(pieces);
  return blobData({ offsets, bytes: new Uint8Array(buffer, byteOffset, offsets[pieces.length]) });
}

function offsetsOf(pieces: readonly Uint8Array[]): Int32Array {
  const offsets = new Int32Array(pieces.length + 1);
  for (const [index, { byteLength }] of pieces.entries()) offsets[index + 1] = (offsets[index] as number) + byteLength;
  return offsets;
}

/** The codes of video codecs: the four letters of their samples' type. */
export const CODECS: Readonly<Record<string, number>> = {
  h264: 0x61766331,
  h265: 0x68657631,
  av1: 0x61763031,
  vp8: 0x76703038,
  vp9: 0x76703039,
};

/** A kind of compressed bytes: depths are in RVL, or in PNG behind a header. */
type Compressed = "image" | "depth" | "video";

/** The length of the header of `compressedDepth`: its format and two parameters. */
const DEPTH_HEADER = 12;

/** `sensor_msgs/msg/CompressedImage`: images, depth images in RVL, or frames of a video. */
export function mapCompressedImages(messages: StructColumn): MappedRows[] {
  const formats = formatsOf(messages);
  const kinds = formats.map((format): Compressed => {
    if (format in CODECS) return "video";
    return /\bcompressedDepth\b/i.test(format) ? "depth" : "image";
  });
  return [compressedRows(messages, kinds, formats, undefined)];
}

export function mapFoxgloveCompressedImages(messages: StructColumn): MappedRows[] {
  const formats = formatsOf(messages);
  const kinds = formats.map((): Compressed => "image");
  return [compressedRows(messages, kinds, formats, (format) => `image/${format}`)];
}

/** `foxglove.CompressedVideo`. */
export function mapCompressedVideos(messages: StructColumn, report: ReportLoss): MappedRows[] {
  const formats = formatsOf(messages);
  const kinds = formats.map((format, row): Compressed | undefined => {
    if (format in CODECS) return "video";
    report(row, `the video format ${JSON.stringify(format)} is unknown`);
    return undefined;
  });
  return [compressedRows(messages, kinds, formats, undefined)];
}

function formatsOf(messages: StructColumn): string[] {
  const column = textsAt(messages, "format");
  return Array.from({ length: messages.length }, (_, row) => column.textAt(row));
}

function compressedRows(
  messages: StructColumn,
  kinds: readonly (Compressed | undefined)[],
  formats: readonly string[],
  mediaType: ((format: string) => string) | undefined,
): MappedRows {
  const data = bytesAt(messages, "data");
  const components = [coordinateFrames(messages, IMAGE_PLANE)];
  const add = (kind: Compressed, make: (rows: number[], lists: (instances: Data) => Data) => ComponentData[]): void => {
    const rows = [...kinds.keys()].filter((row) => kinds[row] === kind);
    if (rows.length > 0)
      components.push(...make(rows, (all) => optional(all, (row) => kinds[row] === kind, kinds.length)));
  };
  add("image", (rows, lists) => [
    component("EncodedImage:blob", "Blob", lists(chosen(data, rows))),
    ...(mediaType === undefined
      ? []
      : [
          component(
            "EncodedImage:media_type",
            "MediaType",
            lists(texts(rows.map((row) => mediaType(formats[row] as string)))),
          ),
        ]),
  ]);
  add("depth", (rows, lists) => [
    component(
      "EncodedDepthImage:blob",
      "Blob",
      lists(chosen(data, rows, (row) => (isPng(formats[row]) ? DEPTH_HEADER : 0))),
    ),
    component(
      "EncodedDepthImage:media_type",
      "MediaType",
      lists(texts(rows.map((row) => (isPng(formats[row]) ? "image/png" : "application/rvl")))),
    ),
  ]);
  add("video", (rows, lists) => [
    component("VideoStream:sample", "VideoSample", lists(chosen(data, rows))),
    component(
      "VideoStream:codec",
      "VideoCodec",
      lists(
        numberData(
          "uint32",
          rows.map((row) => CODECS[formats[row] as string] as number),
        ),
      ),
    ),
  ]);
  return { components };
}

/** Whether a depth image is in PNG behind its header, and not in RVL. */
function isPng(format: string | undefined): boolean {
  return !/\bRVL\b/i.test(format ?? "");
}

/** The bytes of some rows, without some of the first bytes of each. If these are all bytes, they are not copied. */
function chosen({ offsets, bytes }: ByteLists, rows: readonly number[], without?: (row: number) => number): Data {
  if (rows.length === offsets.length - 1 && without === undefined) return blobData({ offsets, bytes });
  return joinedBlobs(rows.map((row) => bytes.subarray(offsets[row], offsets[row + 1]).subarray(without?.(row) ?? 0)));
}

/** `sensor_msgs/msg/CameraInfo` and `foxglove.CameraCalibration`. */
export function mapCameras(messages: StructColumn): MappedRows[] {
  const { offsets, items } = listsAt(messages, "k|K");
  if (!(items instanceof NumberColumn)) return [];
  const matrices = new Float32Array(messages.length * 9);
  const resolutions = new Float32Array(messages.length * 2);
  const [widths, heights] = [numbersAt(messages, "width"), numbersAt(messages, "height")];
  for (let row = 0; row < messages.length; row++) {
    // Transposes the matrix, because Rerun stores columns.
    for (let index = 0; index < 9; index++) {
      const value = Number(items.values[(offsets[row] as number) + index] ?? 0);
      matrices[row * 9 + (index % 3) * 3 + Math.floor(index / 3)] = value;
    }
    resolutions[row * 2] = Number(widths[row]);
    resolutions[row * 2 + 1] = Number(heights[row]);
  }
  const frames = frameIds(messages);
  return [
    {
      components: [
        component("Pinhole:image_from_camera", "PinholeProjection", onePerRow(vectorData(matrices, 9))),
        component("Pinhole:resolution", "Resolution", onePerRow(vectorData(resolutions, 2))),
        component("Pinhole:parent_frame", "TransformFrameId", frameNames(frames)),
        component("Pinhole:child_frame", "TransformFrameId", frameNames(frames, IMAGE_PLANE)),
      ],
    },
  ];
}
