import type { Data } from "apache-arrow";
import { StructColumn } from "../columns/nested-columns.ts";
import { NumberColumn } from "../columns/number-column.ts";

/** The layout of the pixels of an image in memory. */
export interface PixelLayout {
  readonly pixelFormat?: number;
  readonly colorModel?: number;
  readonly datatype?: number;
  /** Bytes of a row of pixels, for its width. */
  readonly pixelBytes: number;
  /** Rows of memory for each row of pixels. Default 1. */
  readonly rows?: number;
  /** Whether the numbers are distances, for ROS. */
  readonly isDepth?: boolean;
}

const [U8, I8, U16, I16, I32, F32, F64] = [6, 7, 8, 9, 11, 34, 35];
const [L, RGB, RGBA, BGR, BGRA] = [1, 2, 3, 4, 5];
const [NV12, YUY2] = [26, 27];

/** The encodings of ROS and Foxglove. Source: `sensor_msgs/image_encodings.hpp`. */
export const ENCODINGS: Readonly<Record<string, PixelLayout>> = {
  rgb8: { colorModel: RGB, datatype: U8, pixelBytes: 3 },
  rgba8: { colorModel: RGBA, datatype: U8, pixelBytes: 4 },
  rgb16: { colorModel: RGB, datatype: U16, pixelBytes: 6 },
  rgba16: { colorModel: RGBA, datatype: U16, pixelBytes: 8 },
  bgr8: { colorModel: BGR, datatype: U8, pixelBytes: 3 },
  bgra8: { colorModel: BGRA, datatype: U8, pixelBytes: 4 },
  bgr16: { colorModel: BGR, datatype: U16, pixelBytes: 6 },
  bgra16: { colorModel: BGRA, datatype: U16, pixelBytes: 8 },
  "8UC3": { colorModel: BGR, datatype: U8, pixelBytes: 3 },
  mono8: { colorModel: L, datatype: U8, pixelBytes: 1, isDepth: true },
  mono16: { colorModel: L, datatype: U16, pixelBytes: 2, isDepth: true },
  yuyv: { pixelFormat: YUY2, pixelBytes: 2 },
  yuv422_yuy2: { pixelFormat: YUY2, pixelBytes: 2 },
  nv12: { pixelFormat: NV12, pixelBytes: 1, rows: 1.5 },
  bayer_rggb8: { pixelFormat: 128, pixelBytes: 1 },
  bayer_bggr8: { pixelFormat: 129, pixelBytes: 1 },
  bayer_gbrg8: { pixelFormat: 130, pixelBytes: 1 },
  bayer_grbg8: { pixelFormat: 131, pixelBytes: 1 },
  "8UC1": { datatype: U8, pixelBytes: 1, isDepth: true },
  "8SC1": { datatype: I8, pixelBytes: 1, isDepth: true },
  "16UC1": { datatype: U16, pixelBytes: 2, isDepth: true },
  "16SC1": { datatype: I16, pixelBytes: 2, isDepth: true },
  "32SC1": { datatype: I32, pixelBytes: 4, isDepth: true },
  "32FC1": { datatype: F32, pixelBytes: 4, isDepth: true },
  "64FC1": { datatype: F64, pixelBytes: 8, isDepth: true },
};

/** The pixels of an eight-bit grey image. */
export const GREY: PixelLayout = { colorModel: L, datatype: U8, pixelBytes: 1 };

/** A size and a layout. */
export interface ImageFormat {
  readonly width: number;
  readonly height: number;
  readonly layout: PixelLayout;
}

/** Image formats as instances of Rerun's component. */
export function imageFormats(formats: Iterable<ImageFormat>): Data {
  const [width, height] = [new NumberColumn("uint32"), new NumberColumn("uint32")];
  const [pixelFormat, colorModel, datatype] = [0, 1, 2].map(() => new NumberColumn("uint8")) as [
    NumberColumn,
    NumberColumn,
    NumberColumn,
  ];
  const column = new StructColumn([
    { name: "width", column: width },
    { name: "height", column: height },
    { name: "pixel_format", column: pixelFormat, isNullable: true },
    { name: "color_model", column: colorModel, isNullable: true },
    { name: "channel_datatype", column: datatype, isNullable: true },
  ]);
  for (const { layout, ...size } of formats) {
    width.push(size.width);
    height.push(size.height);
    pushOrNull(pixelFormat, layout.pixelFormat);
    pushOrNull(colorModel, layout.colorModel);
    pushOrNull(datatype, layout.datatype);
    column.end();
  }
  return column.toData();
}

function pushOrNull(column: NumberColumn, value: number | undefined): void {
  if (value === undefined) column.pushNull();
  else column.push(value);
}
