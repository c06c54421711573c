import { InvalidValueError, kindOf, toArrayLike, typedArrayName, wrongType } from "@rerun-ts/core/checks";
import { ELEMENT_TYPES_BY_ARRAY, type TensorElementType } from "./element-types.ts";
import { readInteropTensor } from "./interop-tensors.ts";

/** The parts of a tensor that was given as an object. */
export interface TensorObject {
  readonly data: unknown;
  readonly shape?: unknown;
  readonly dimNames?: unknown;
  readonly elementType?: unknown;
}

/** Whether a value is a tensor, and not the numbers of one. */
export function isTensorObject(value: unknown): value is TensorObject {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return "data" in value || "dataSync" in value;
}

/** Whether a value is the bits of 16-bit floats. */
export function isBits(value: unknown): value is { readonly bits: Uint16Array } {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value) && "bits" in value;
}

/** A tensor of any library, an image, or nested numbers, as values and a shape. */
export function readTensor(value: unknown): TensorObject {
  if (!isTensorObject(value)) return { data: value };
  if (kindOf(value) === "ImageData") {
    const { data, width, height } = value as unknown as ImageData;
    return { data, shape: [height, width, 4] };
  }
  return readInteropTensor(value) ?? value;
}

/** The values of nested lists as a flat list, the size of each dimension, and the element type if it is known. */
export function flattenNumbers(value: unknown): TensorObject {
  if (typedArrayName(value) !== undefined || isBits(value)) return { data: value };
  const data: unknown[] = [];
  const shape: number[] = [];
  const arrays = new Set<string | undefined>();
  let dimensions = 0;
  const visit = (list: ArrayLike<unknown>, depth: number): void => {
    shape[depth] ??= list.length;
    if (list.length !== shape[depth]) {
      throw new InvalidValueError(`lists of the same length, ${shape[depth]}`, `one of length ${list.length}`, true);
    }
    for (let index = 0; index < list.length; index++) {
      const item = list[index];
      const isList = typeof item === "object" && item !== null;
      if (!isList && dimensions === 0) dimensions = depth + 1;
      if (isList ? depth + 1 === dimensions : depth + 1 !== dimensions)
        throw wrongType("numbers that are all nested equally deep", item);
      if (isList) visit(toArrayLike(item, "numbers"), depth + 1);
      else data.push(item);
    }
    if (depth + 1 === dimensions) arrays.add(typedArrayName(list));
  };
  visit(toArrayLike(value, "a typed array, numbers (flat or nested), or { data, shape?, dimNames? }"), 0);
  const [name] = arrays;
  const elementType: TensorElementType | undefined = arrays.size === 1 ? ELEMENT_TYPES_BY_ARRAY[name ?? ""] : undefined;
  return { data, shape, elementType };
}
