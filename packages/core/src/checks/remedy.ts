import { kindOf } from "./kind-of.ts";

/** The remedy for a value that is refused, by its kind. In parentheses, for the end of a message. */
export function remedyFor(value: unknown): string {
  if (typeof value === "string" && ISO_DATE.test(value)) return " (a date as text? Pass `new Date(text)`)";
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
  if (kind === "String" || kind === "Number" || kind === "BigInt") return "pass its `.valueOf()`";
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
  return describeTime(value, kind);
}

/** The remedy for a time of a library. */
function describeTime(value: Readonly<Record<string, unknown>>, kind: string): string | undefined {
  if (kind === "Temporal.PlainDateTime") return "pass `value.toZonedDateTime(timeZone)`";
  const has = (name: string): boolean => typeof value[name] === "function";
  // Of Moment.js, Day.js and Firestore, of Luxon, and durations of Luxon and of Moment.js.
  for (const name of ["toDate", "toJSDate"]) if (has(name)) return `pass \`value.${name}()\``;
  for (const name of ["toMillis", "asMilliseconds"]) if (has(name)) return `pass \`{ millis: value.${name}() }\``;
  const parts = SECONDS_AND_NANOS.find((names) => names.every((name) => name in value));
  if (parts === undefined) return undefined;
  const [seconds, nanos] = parts.map((name) => `BigInt(value.${name})`);
  return `pass \`{ nanos: ${seconds} * 1_000_000_000n + ${nanos} }\``;
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
/** Of ROS 2, ROS 1, protobuf and others. */
const SECONDS_AND_NANOS: readonly (readonly [seconds: string, nanos: string])[] = [
  ["sec", "nanosec"],
  ["sec", "nsec"],
  ["secs", "nsecs"],
  ["seconds", "nanos"],
  ["seconds", "nanoseconds"],
];

/** Proxies of typed arrays have their prototypes, but none of their members. */
function isProxyOfTypedArray(value: object): boolean {
  return !ArrayBuffer.isView(value) && value instanceof TypedArray;
}

const TypedArray = /* @__PURE__ */ Object.getPrototypeOf(Uint8Array) as new () => object;
