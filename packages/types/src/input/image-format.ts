import { forEachIndex, toList, wrongType, type PrimitiveBuilder, type StructBuilder } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { ChannelDatatype } from "../gen/encodings/channel-datatype.ts";
import { ColorModel } from "../gen/encodings/color-model.ts";
import { PixelFormat } from "../gen/encodings/pixel-format.ts";
import { numberWriter } from "./numbers.ts";

/** How an image's bytes are laid out: a pixel format, or a colour model and the type of a channel. */
export interface ImageFormatLike {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** For formats that subsample or interleave channels; excludes the two others. */
  readonly pixelFormat?: PixelFormat | number | null | undefined;
  /** Which channels there are. */
  readonly colorModel?: ColorModel | number | null | undefined;
  /** The type of one channel's value. */
  readonly channelDatatype?: ChannelDatatype | number | null | undefined;
}

/** One format, or a list of them. */
export type ImageFormatsLike = ImageFormatLike | readonly ImageFormatLike[];

const EXPECTED = "{ width, height, pixelFormat? or colorModel? and channelDatatype? }, or a list of such";
const size = numberWriter("UInt32");
const FIELDS = [
  ["pixelFormat", PixelFormat],
  ["colorModel", ColorModel],
  ["channelDatatype", ChannelDatatype],
] as const;

/** Image formats. */
export const imageFormats: Encoding<ImageFormatsLike> = {
  arrow: {
    type: "Struct",
    fields: [
      { name: "width", nullable: false, type: { type: "UInt32" } },
      { name: "height", nullable: false, type: { type: "UInt32" } },
      { name: "pixel_format", nullable: true, type: { type: "UInt8" } },
      { name: "color_model", nullable: true, type: { type: "UInt8" } },
      { name: "channel_datatype", nullable: true, type: { type: "UInt8" } },
    ],
  },
  append(values, target): void {
    const builder = target as StructBuilder;
    if (typeof values === "object" && values !== null && "width" in values) return appendFormat(builder, values);
    const list = toList(values, EXPECTED);
    forEachIndex(list.length, (index) => appendFormat(builder, list[index] as ImageFormatLike));
  },
};

function appendFormat(builder: StructBuilder, format: ImageFormatLike): void {
  if (typeof format !== "object" || format === null) throw wrongType(EXPECTED, format);
  const [width, height, ...enums] = builder.fields as readonly PrimitiveBuilder[];
  size.one(width as PrimitiveBuilder, format.width);
  size.one(height as PrimitiveBuilder, format.height);
  for (const [index, [name, type]] of FIELDS.entries()) {
    const target = enums[index] as PrimitiveBuilder;
    const value = format[name];
    if (value === undefined || value === null) target.appendNull();
    else type.append(value as never, target, -1);
  }
  builder.close();
}
