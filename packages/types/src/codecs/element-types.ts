/** The type of the elements of tensors and images. */
export type TensorElementType = "U8" | "U16" | "U32" | "U64" | "I8" | "I16" | "I32" | "I64" | "F16" | "F32" | "F64";

/** The element type of each typed array class. */
export const ELEMENT_TYPES_BY_ARRAY: Readonly<Record<string, TensorElementType>> = {
  Uint8Array: "U8",
  Uint8ClampedArray: "U8",
  Uint16Array: "U16",
  Uint32Array: "U32",
  BigUint64Array: "U64",
  Int8Array: "I8",
  Int16Array: "I16",
  Int32Array: "I32",
  BigInt64Array: "I64",
  Float16Array: "F16",
  Float32Array: "F32",
  Float64Array: "F64",
};
