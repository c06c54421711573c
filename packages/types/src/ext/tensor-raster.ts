import { InvalidValueError, typedArrayName } from "@rerun-ts/core/checks";
import { ELEMENT_TYPES_BY_ARRAY, type TensorElementType } from "../codecs/element-types.ts";
import { flattenNumbers, isBits, isTensorObject, readTensor } from "../codecs/nested-numbers.ts";
import type { NumberTypedArray } from "../codecs/arrays.ts";

/** The pixels of a tensor. */
export interface TensorRaster {
  readonly data: NumberTypedArray;
  readonly datatype: TensorElementType;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/**
 * A tensor with a shape as an image: rows, columns, and channels if there are three dimensions. As in Rerun's Python
 * SDK, dimensions of the size 1 are left out. `undefined` for values that are not a tensor with a shape.
 */
export function rasterOfTensor(value: unknown, archetype: string): TensorRaster | undefined {
  if (!Array.isArray(value) && !isTensorObject(value)) return undefined;
  const given = readTensor(value);
  if (isTensorObject(value) && (given.shape ?? undefined) === undefined) return undefined;
  const { data, shape, elementType } = given.shape === undefined ? flattenNumbers(given.data) : given;
  const sizes = Array.from((shape ?? []) as ArrayLike<unknown>, Number);
  const wide = sizes.filter((size) => size !== 1);
  // An image may have one row or column.
  const [height, width, channels = 1] = wide.length >= 2 ? wide : sizes;
  if (height === undefined || width === undefined || wide.length > 3)
    throw new InvalidValueError(
      "a tensor of two dimensions, or of three with the channels last",
      `the shape [${sizes.join(", ")}]`,
      true,
      archetype,
    );
  const [values, datatype] = valuesOf(data, elementType as TensorElementType | undefined);
  const count = height * width * channels;
  if (values.length !== count)
    throw new InvalidValueError(`${count} values, as its shape says`, `${values.length} values`, true, archetype);
  return { data: values, datatype, width, height, channels };
}

function valuesOf(data: unknown, elementType: TensorElementType | undefined): [NumberTypedArray, TensorElementType] {
  if (isBits(data)) return [data.bits, "F16"];
  const known = ELEMENT_TYPES_BY_ARRAY[typedArrayName(data) ?? ""];
  if (known !== undefined) return [data as NumberTypedArray, elementType ?? known];
  const numbers = data as ArrayLike<number>;
  if (elementType === "U8") return [Uint8Array.from(numbers), elementType];
  if (elementType === "U16") return [Uint16Array.from(numbers), elementType];
  if (elementType === "F32") return [Float32Array.from(numbers), elementType];
  return [Float64Array.from(numbers), "F64"];
}
