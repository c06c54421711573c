import { kindOf } from "./kind-of.ts";

/** The remedy for a value that is refused, by its kind. In parentheses, for the end of a message. */
export function remedyFor(value: unknown): string {
  if (typeof value !== "object" || value === null) return "";
  try {
    const remedy = describe(value as Readonly<Record<string, unknown>>);
    return remedy === undefined ? "" : ` (${remedy})`;
  } catch {
    // A getter of the value has thrown.
    return "";
  }
}

function describe(value: Readonly<Record<string, unknown>>): string | undefined {
  const kind = kindOf(value);
  if (kind === "Promise") return "await it first";
  if (kind === "Blob" || kind === "File" || kind === "Response") return "its bytes are `await value.arrayBuffer()`";
  if (kind === "DOMMatrix" || kind === "DOMMatrixReadOnly") return "pass `{ columns: matrix.toFloat32Array() }`";
  if (kind === "Temporal.Duration") return 'pass `{ millis: duration.total("milliseconds") }`';
  if (kind === "VideoFrame" || kind === "ImageBitmap" || /^HTML\w+Element$/.test(kind))
    return "pages log images with `logImageBitmap`";
  if (isProxyOfTypedArray(value)) return "a proxy of a typed array? Pass the array itself, in Vue `toRaw(array)`";
  if (value["__v_isRef"] === true) return "a `Ref` of Vue? Pass its `.value`";
  if (typeof value["dataSync"] === "function") return "a tensor of TensorFlow.js? Pass `tensor.dataSync()`";
  if (ArrayBuffer.isView(value["array"]) && typeof value["itemSize"] === "number")
    return "a `BufferAttribute` of three.js? Pass its `.array`";
  if (ArrayBuffer.isView(value["value"]) && typeof value["size"] === "number")
    return "an attribute of loaders.gl or deck.gl? Pass its `.value`";
  if (Array.isArray(value["dims"]) && value["data"] !== undefined) return "a tensor of ONNX Runtime? Pass its `.data`";
  return undefined;
}

/** Proxies of typed arrays have their prototypes, but none of their members. */
function isProxyOfTypedArray(value: object): boolean {
  return !ArrayBuffer.isView(value) && value instanceof TypedArray;
}

const TypedArray = /* @__PURE__ */ Object.getPrototypeOf(Uint8Array) as new () => object;
