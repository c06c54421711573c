import { wrongType } from "@rerun-ts/core/checks";
import { PrimitiveBuilder } from "@rerun-ts/core/encode";
import { appendHalfFloats, toHalfFloat } from "../half-floats.ts";
import {
  FLOAT32,
  FLOAT64,
  INT16,
  INT32,
  INT8,
  UINT16,
  UINT32,
  UINT8,
  integers64,
  numberWriter,
  type NumberKind,
} from "../numbers.ts";
import { valueCodec, type ValueCodec } from "./value-codec.ts";

type NumberCodec = ValueCodec<PrimitiveBuilder>;

const FLOAT16 = { type: "Float16" } as const;

export const int8: NumberCodec = /* @__PURE__ */ numbers(INT8);
export const int16: NumberCodec = /* @__PURE__ */ numbers(INT16);
export const int32: NumberCodec = /* @__PURE__ */ numbers(INT32);
export const int64: NumberCodec = /* @__PURE__ */ bigIntegers("Int64");
export const uint8: NumberCodec = /* @__PURE__ */ numbers(UINT8);
export const uint16: NumberCodec = /* @__PURE__ */ numbers(UINT16);
export const uint32: NumberCodec = /* @__PURE__ */ numbers(UINT32);
export const uint64: NumberCodec = /* @__PURE__ */ bigIntegers("UInt64");
export const float32: NumberCodec = /* @__PURE__ */ numbers(FLOAT32);
export const float64: NumberCodec = /* @__PURE__ */ numbers(FLOAT64);

export const float16: NumberCodec = /* @__PURE__ */ valueCodec({
  arrow: FLOAT16,
  createBuilder: () => new PrimitiveBuilder(FLOAT16),
  one(value, { data }): void {
    if (typeof value !== "number") throw wrongType("a number", value);
    data.reserve(2);
    data.view.setUint16(data.length, toHalfFloat(value), true);
    data.length += 2;
  },
  many: (values, target) => appendHalfFloats(values, target),
});

function numbers(kind: NumberKind): NumberCodec {
  const { one, all } = numberWriter(kind);
  const arrow = { type: kind.type };
  return valueCodec({
    arrow,
    createBuilder: () => new PrimitiveBuilder(arrow),
    one: (value, target) => one(target, value),
    many: (values, target) => all(target, values),
  });
}

function bigIntegers(type: "Int64" | "UInt64"): NumberCodec {
  const codec = integers64(type);
  return valueCodec({
    arrow: codec.arrow,
    createBuilder: () => codec.createBuilder(),
    one(value, target): void {
      if (typeof value !== "number" && typeof value !== "bigint") throw wrongType("an integer or a bigint", value);
      codec.append(value, target, -1);
    },
    many: (values, target) => codec.append(values as ArrayLike<number>, target, -1),
  });
}
