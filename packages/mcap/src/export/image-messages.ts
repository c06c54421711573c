import { IMAGE_PLANE } from "../mapping/coordinate-frames.ts";
import { ENCODINGS, type PixelLayout } from "../mapping/image-formats.ts";
import { CODECS } from "../mapping/images.ts";
import type { ChunkRows } from "./chunk-rows.ts";
import type { RowExport } from "./row-export.ts";

/** The colour model of images without one, and the type of their numbers. Source: `ImageFormat` of Rerun. */
const [RGB, U8] = [2, 6];
const GREY = 1;

/** Pixels. */
export function rawImage(archetype: "Image" | "DepthImage"): RowExport {
  const [buffer, format] = [`${archetype}:buffer`, `${archetype}:format`];
  return {
    name: archetype === "Image" ? "image" : "depth",
    makes: [buffer],
    contains: [format],
    fills: [format],
    messages(rows, row, { frame }) {
      const pixels = rows.bytes(buffer, row);
      const [width, height] = ["width", "height"].map((name) => rows.field(format, row, name)?.[0]);
      if (pixels === undefined || width === undefined || height === undefined) return undefined;
      const named = encodingOf(rows, format, row, archetype === "DepthImage", pixels.length / (width * height));
      if (named === undefined) return undefined;
      const [encoding, { pixelBytes }] = named;
      const step = width * pixelBytes;
      // No image is that wide: the format is damaged.
      if (step > 0xffff_ffff) return undefined;
      const fields = { frameId: cameraOf(frame), width, height, encoding, step, data: pixels };
      return { schema: "foxglove.RawImage", fields: [fields] };
    },
  };
}

/**
 * The name of a pixel layout. Numbers of one channel are depths or greys. Without a colour model they are RGB, unless a
 * pixel has too few bytes: images of MCAP files have none.
 */
function encodingOf(
  rows: ChunkRows,
  format: string,
  row: number,
  isDepth: boolean,
  bytesPerPixel: number,
): readonly [name: string, layout: PixelLayout] | undefined {
  const pixelFormat = rows.field(format, row, "pixel_format")?.[0];
  const model = rows.field(format, row, "color_model")?.[0];
  const datatype = rows.field(format, row, "channel_datatype")?.[0] ?? U8;
  const isSame = (layout: PixelLayout): boolean => {
    if (pixelFormat !== undefined) return layout.pixelFormat === pixelFormat;
    if (layout.pixelFormat !== undefined || layout.datatype !== datatype) return false;
    // Layouts without a colour model are numbers of one channel.
    if (isDepth) return layout.isDepth === true;
    if (model !== undefined) return layout.colorModel === model || (layout.colorModel === undefined && model === GREY);
    if (layout.colorModel === RGB) return layout.pixelBytes <= bytesPerPixel;
    return layout.colorModel === undefined && 3 * layout.pixelBytes > bytesPerPixel;
  };
  const all = Object.entries(ENCODINGS);
  // Depth images prefer encodings without a colour in their names.
  const preferred = isDepth ? all.filter(([name]) => !name.startsWith("mono")) : all;
  return preferred.find(([, layout]) => isSame(layout));
}

/** The frame of the camera. In recordings of MCAP files images have it with an ending, in Foxglove they share it. */
function cameraOf(frame: string): string {
  return frame.endsWith(IMAGE_PLANE) ? frame.slice(0, -IMAGE_PLANE.length) : frame;
}

/** Images in files. */
export const encodedImage: RowExport = {
  name: "encoded_image",
  makes: ["EncodedImage:blob"],
  contains: ["EncodedImage:media_type"],
  fills: ["EncodedImage:media_type"],
  messages(rows, row, { frame }) {
    const data = rows.bytes("EncodedImage:blob", row);
    if (data === undefined) return undefined;
    const mediaType = rows.text("EncodedImage:media_type", row);
    const format = mediaType?.replace(/^image\//, "") ?? (data[0] === 0x89 ? "png" : "jpeg");
    return { schema: "foxglove.CompressedImage", fields: [{ frameId: cameraOf(frame), data, format }] };
  },
};

/** Frames of videos. */
export const video: RowExport = {
  name: "video",
  makes: ["VideoStream:sample"],
  contains: ["VideoStream:codec", "VideoStream:is_keyframe"],
  fills: ["VideoStream:codec"],
  messages(rows, row, { frame, codec }) {
    const data = rows.bytes("VideoStream:sample", row);
    const format = Object.keys(CODECS).find((name) => CODECS[name] === codec);
    if (data === undefined || format === undefined) return undefined;
    return { schema: "foxglove.CompressedVideo", fields: [{ frameId: cameraOf(frame), data, format }] };
  },
};
