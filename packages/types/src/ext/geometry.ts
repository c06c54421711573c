import { InvalidValueError, describeValue } from "@rerun-ts/core/checks";

/** One attribute of a geometry, as in three.js: a `BufferAttribute`, or an interleaved or instanced attribute. */
export interface GeometryAttribute {
  /** Numbers per vertex. */
  readonly itemSize: number;
  /** Number of vertices. Default: as many as `array` holds. */
  readonly count?: number | undefined;
  /** The numbers, one after the other. */
  readonly array?: ArrayLike<number> | undefined;
  /** Whether integers stand for fractions. */
  readonly normalized?: boolean | undefined;
  /** Reads one number in its final form: from interleaved arrays, and from integers as fractions. */
  readonly getComponent?: ((index: number, component: number) => number) | undefined;
  /** Versions of three.js before 0.150. */
  readonly getX?: ((index: number) => number) | undefined;
  readonly getY?: ((index: number) => number) | undefined;
  readonly getZ?: ((index: number) => number) | undefined;
  readonly getW?: ((index: number) => number) | undefined;
}

/** A mesh in the form of three.js: a `BufferGeometry`, for example. */
export interface GeometryLike {
  /** `position` is required. `normal`, `uv` and `color` are used, others ignored. */
  readonly attributes: { readonly [name: string]: object | undefined };
  /** The triangles. Default: every three vertices are one. */
  readonly index?: GeometryAttribute | null | undefined;
}

/** The parts of a geometry, as flat arrays. */
export interface Geometry {
  /** Three numbers per vertex. */
  readonly positions: ArrayLike<number>;
  /** Three vertices per triangle. Without them, every three vertices are one. */
  readonly indices: ArrayLike<number> | undefined;
  /** Three numbers per vertex. */
  readonly normals: ArrayLike<number> | undefined;
  /** Two numbers per vertex. */
  readonly texcoords: ArrayLike<number> | undefined;
  /** RGB or RGBA, as bytes in sRGB. */
  readonly colors: { readonly rgb: Uint8Array } | { readonly rgba: Uint8Array } | undefined;
}

/** Classes of attributes whose `array` does not hold their numbers one after the other. */
interface AttributeKinds {
  readonly isInterleavedBufferAttribute?: boolean;
  readonly isFloat16BufferAttribute?: boolean;
}

const ACCESSORS = ["getX", "getY", "getZ", "getW"] as const;

/** Reads a geometry. @throws {InvalidValueError} that names the attribute that is missing or has the wrong size */
export function readGeometry(geometry: GeometryLike): Geometry {
  const { attributes, index } = (geometry ?? {}) as Partial<GeometryLike>;
  if (typeof attributes !== "object" || attributes === null)
    throw wrong("attributes", "an object, as in a BufferGeometry of three.js", attributes);
  const { position, normal, uv, color } = attributes as Readonly<Record<string, GeometryAttribute | undefined>>;
  if (position === undefined) throw wrong("position", "an attribute of three numbers per vertex", position);
  return {
    positions: numbersOf("position", position, [3]),
    indices: index === undefined || index === null ? undefined : numbersOf("index", index, [1]),
    normals: normal && numbersOf("normal", normal, [3]),
    texcoords: uv && numbersOf("uv", uv, [2]),
    colors: color && colorsOf(color),
  };
}

function numbersOf(name: string, attribute: GeometryAttribute, sizes: readonly number[]): ArrayLike<number> {
  const { array, itemSize, normalized = false } = attribute;
  if (!sizes.includes(itemSize))
    throw wrong(name, `an attribute of ${sizes.join(" or ")} numbers per vertex`, itemSize);
  const { isInterleavedBufferAttribute, isFloat16BufferAttribute } = attribute as GeometryAttribute & AttributeKinds;
  const isPlain = isInterleavedBufferAttribute !== true && isFloat16BufferAttribute !== true && !normalized;
  if (array !== undefined && isPlain) return array;
  const count = attribute.count ?? (array?.length ?? 0) / itemSize;
  const read = readerOf(name, attribute);
  const numbers = new Float32Array(count * itemSize);
  for (let at = 0; at < numbers.length; at++) numbers[at] = read(Math.floor(at / itemSize), at % itemSize);
  return numbers;
}

function readerOf(name: string, attribute: GeometryAttribute): (index: number, component: number) => number {
  // `getComponent` of attributes of 16-bit floats returns their bits.
  const { isFloat16BufferAttribute } = attribute as GeometryAttribute & AttributeKinds;
  if (isFloat16BufferAttribute !== true && typeof attribute.getComponent === "function")
    return (index, component) => attribute.getComponent?.(index, component) as number;
  if (typeof attribute.getX === "function")
    return (index, component) => attribute[ACCESSORS[component] as "getX"]?.(index) as number;
  throw wrong(name, "an attribute with an `array`, or `getComponent`", attribute);
}

/** Colours of vertices: in three.js they are fractions in the linear working space. */
function colorsOf(attribute: GeometryAttribute): Geometry["colors"] {
  const fractions = numbersOf("color", attribute, [3, 4]);
  const { itemSize } = attribute;
  const bytes = Uint8Array.from({ length: fractions.length }, (_, at) => {
    const fraction = fractions[at] as number;
    return Math.round((at % itemSize === 3 ? clamp(fraction) : toSrgb(clamp(fraction))) * 255);
  });
  return itemSize === 3 ? { rgb: bytes } : { rgba: bytes };
}

/** From linear light to sRGB. Source: IEC 61966-2-1. */
function toSrgb(linear: number): number {
  return linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

function wrong(name: string, expected: string, got: unknown): InvalidValueError {
  return new InvalidValueError(expected, describeValue(got), false, `Mesh3D.geometry.${name}`);
}
