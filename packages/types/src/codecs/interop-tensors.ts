import { wrongType, withinKey, InvalidValueError, typedArrayName } from "@rerun-ts/core/checks";

/**
 * A tensor of another library, recognised by its members: of TensorFlow.js, of ONNX Runtime and Transformers.js, or an
 * `ndarray`.
 */
export type InteropTensorLike =
  | { readonly shape: ArrayLike<number>; dataSync(): unknown }
  | { readonly dims: ArrayLike<number>; readonly data: unknown }
  | {
      readonly data: unknown;
      readonly shape: ArrayLike<number>;
      readonly stride: ArrayLike<number>;
      readonly offset: number;
    };

/** Values and shape. */
export interface ReadTensor {
  readonly data: unknown;
  readonly shape: unknown;
}

/** The values and the shape of a tensor of another library, or `undefined` for other values. */
export function readInteropTensor(value: object): ReadTensor | undefined {
  const { dataSync, dims, data, dtype, shape, stride, offset, type } = value as Readonly<Record<string, unknown>>;
  if (dtype === "complex64")
    throw new InvalidValueError(
      "a tensor of real numbers",
      "one of complex64 (log `tf.real(x)` and `tf.imag(x)`)",
      false,
    );
  if (typeof dataSync === "function") return { data: dataSync.call(value) as unknown, shape };
  // Newer versions have a `Float16Array`, where the platform has that class.
  const isBits = type === "float16" && typedArrayName(data) === "Uint16Array";
  if (dims !== undefined) return { data: isBits ? { bits: data } : data, shape: dims };
  if (stride === undefined || offset === undefined) return undefined;
  return { data: gather(data, numbersOf("shape", shape), numbersOf("stride", stride), Number(offset)), shape };
}

/** The values of a view into memory, in row-major order. */
function gather(data: unknown, shape: readonly number[], stride: readonly number[], offset: number): unknown {
  const source = data as ArrayLike<unknown> & { slice?(from: number, to: number): unknown };
  if (typeof source !== "object" || source === null || typeof source.length !== "number")
    throw withinKey(wrongType("an array or a typed array of numbers", data), "data");
  const count = shape.reduce((product, size) => product * size, 1);
  const out = (source.slice?.(0, 0) ?? []) as unknown as { readonly constructor: new (length: number) => unknown[] };
  const values = new out.constructor(count);
  const index = shape.map(() => 0);
  for (let at = 0; at < count; at++) {
    const from = index.reduce((sum, position, axis) => sum + position * (stride[axis] as number), offset);
    values[at] = source[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return values;
}

function numbersOf(name: string, list: unknown): readonly number[] {
  if (typeof list !== "object" || list === null || !("length" in list))
    throw withinKey(wrongType("a list of numbers", list), name);
  return Array.from(list as ArrayLike<number>, Number);
}
