import { wrongCount, wrongType } from "@rerun-ts/core/checks";
import { BoolBuilder, FixedSizeBinaryBuilder, LargeTextBuilder, NullBuilder, TextBuilder } from "@rerun-ts/core/encode";
import { toBytes } from "../blobs.ts";
import { valueCodec, type ValueCodec } from "./value-codec.ts";

const BOOL = { type: "Bool" } as const;

export const bool: ValueCodec<BoolBuilder> = /* @__PURE__ */ valueCodec({
  arrow: BOOL,
  createBuilder: () => new BoolBuilder(),
  one(value, target): void {
    if (typeof value !== "boolean") throw wrongType("a boolean", value);
    target.append(value);
  },
});

export const utf8: ValueCodec<TextBuilder> = /* @__PURE__ */ texts("Utf8", TextBuilder);
export const largeUtf8: ValueCodec<TextBuilder> = /* @__PURE__ */ texts("LargeUtf8", LargeTextBuilder);
export const binary: ValueCodec<TextBuilder> = /* @__PURE__ */ byteStrings("Binary", TextBuilder);
export const largeBinary: ValueCodec<TextBuilder> = /* @__PURE__ */ byteStrings("LargeBinary", LargeTextBuilder);

/** Byte strings of one size. */
export function fixedSizeBinary(size: number): ValueCodec<FixedSizeBinaryBuilder> {
  return valueCodec({
    arrow: { type: "FixedSizeBinary", size },
    createBuilder: () => new FixedSizeBinaryBuilder(size),
    one(value, { data }): void {
      const bytes = toBytes(value);
      if (bytes.byteLength !== size) throw wrongCount(`${size} bytes`, `${bytes.byteLength} bytes`);
      data.pushBytes(bytes);
    },
  });
}

/** Accepts no value. */
export const nothing: ValueCodec = /* @__PURE__ */ valueCodec({
  arrow: { type: "Null" },
  createBuilder: () => new NullBuilder(),
  one(value): void {
    throw wrongType("null", value);
  },
});

function texts<Type extends "Utf8" | "LargeUtf8">(
  type: Type,
  Builder: new (type: { type: Type }) => TextBuilder,
): ValueCodec<TextBuilder> {
  const arrow = { type };
  return valueCodec({
    arrow,
    createBuilder: () => new Builder(arrow),
    one(value, target): void {
      if (typeof value !== "string") throw wrongType("a string", value);
      target.append(value);
    },
  });
}

function byteStrings<Type extends "Binary" | "LargeBinary">(
  type: Type,
  Builder: new (type: { type: Type }) => TextBuilder,
): ValueCodec<TextBuilder> {
  const arrow = { type };
  return valueCodec({
    arrow,
    createBuilder: () => new Builder(arrow),
    one: (value, target) => target.appendBytes(toBytes(value)),
  });
}
