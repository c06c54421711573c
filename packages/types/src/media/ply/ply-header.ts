import { InvalidValueError } from "@rerun-ts/core/checks";

/** The type of a number. */
export type PlyType = "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float32" | "float64";

/** A property of the items of an element: a value or a list. */
export interface PlyProperty {
  readonly name: string;
  readonly type: PlyType;
  /** The type of the length of a list. `undefined` for a single value. */
  readonly lengthType: PlyType | undefined;
}

/** An element: a list of items of one kind, such as vertices. */
export interface PlyElement {
  readonly name: string;
  readonly count: number;
  readonly properties: readonly PlyProperty[];
}

/** The header of a file. */
export interface PlyHeader {
  readonly encoding: "ascii" | "binary_little_endian" | "binary_big_endian";
  /** In the order of the data. */
  readonly elements: readonly PlyElement[];
  /** The offset of the data. */
  readonly end: number;
}

/** Types by name: the original names, and the names with a width. */
const TYPES: ReadonlyMap<string | undefined, PlyType> = /* @__PURE__ */ new Map([
  ["char", "int8"],
  ["uchar", "uint8"],
  ["short", "int16"],
  ["ushort", "uint16"],
  ["int", "int32"],
  ["uint", "uint32"],
  ["float", "float32"],
  ["double", "float64"],
  ["int8", "int8"],
  ["uint8", "uint8"],
  ["int16", "int16"],
  ["uint16", "uint16"],
  ["int32", "int32"],
  ["uint32", "uint32"],
  ["float32", "float32"],
  ["float64", "float64"],
]);

/** The bytes of each type in a binary file. */
export const PLY_SIZES: Readonly<Record<PlyType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};

const LINE_FEED = 10;
const MAX_LINE = 4096;

/** Reads the header. Throws `InvalidValueError`. Source: Greg Turk, "The PLY Polygon File Format". */
export function readPlyHeader(bytes: Uint8Array): PlyHeader {
  const lines = new HeaderLines(bytes);
  if (lines.next() !== "ply") throw new InvalidValueError("a PLY file", "one that does not begin with `ply`", false);
  let encoding: PlyHeader["encoding"] | undefined;
  const elements: (PlyElement & { readonly properties: PlyProperty[] })[] = [];
  for (let line = lines.next(); line !== "end_header"; line = lines.next()) {
    const words = line.split(/[ \t]+/);
    const keyword = words[0];
    if (keyword === "format") encoding = readEncoding(line);
    else if (keyword === "element") elements.push(readElement(words, line));
    else if (keyword === "property") (elements.at(-1) ?? fail(line)).properties.push(readProperty(words, line));
    else if (keyword !== "comment" && keyword !== "obj_info") fail(line);
  }
  if (encoding === undefined) throw new InvalidValueError("a PLY file", "a header without the line `format`", false);
  const header: PlyHeader = { encoding, elements, end: lines.at };
  // Do not allocate memory for more items than the file can have.
  const rest = bytes.byteLength - lines.at;
  if (elements.some((element) => leastBytes(element, encoding) > rest)) throw truncatedError();
  return header;
}

/** The fewest bytes that the items of an element take. */
export function leastBytes({ count, properties }: PlyElement, encoding: PlyHeader["encoding"]): number {
  // A digit and a separator for each value, or an empty line. The last line feed may be missing.
  if (encoding === "ascii") return count * Math.max(1, properties.length * 2) - 1;
  // A list has at least its length.
  const item = properties.reduce((sum, { type, lengthType }) => sum + PLY_SIZES[lengthType ?? type], 0);
  return item === 0 ? 0 : count * item;
}

/** The lines of a header, without line breaks. */
class HeaderLines {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(): string {
    const end = this.#bytes.subarray(0, this.at + MAX_LINE).indexOf(LINE_FEED, this.at);
    if (end < 0) throw new InvalidValueError("a PLY file", "one whose header has no end", false);
    const line = new TextDecoder().decode(this.#bytes.subarray(this.at, end));
    this.at = end + 1;
    return line.trimEnd();
  }
}

function readEncoding(line: string): PlyHeader["encoding"] {
  const found = /^format[ \t]+(ascii|binary_little_endian|binary_big_endian)[ \t]+\d+\.\d+$/.exec(line)?.[1];
  return (found as PlyHeader["encoding"] | undefined) ?? fail(line);
}

function readElement(words: readonly string[], line: string): PlyElement & { readonly properties: PlyProperty[] } {
  const [, name, count] = words;
  if (words.length !== 3 || name === undefined || !/^\d+$/.test(count ?? "")) return fail(line);
  return { name, count: Number(count), properties: [] };
}

function readProperty(words: readonly string[], line: string): PlyProperty {
  const isList = words[1] === "list";
  const [lengthName, typeName, name] = isList ? words.slice(2) : [undefined, ...words.slice(1)];
  const lengthType = TYPES.get(lengthName);
  const type = TYPES.get(typeName);
  const isWhole = words.length === (isList ? 5 : 3) && (lengthType !== undefined) === isList;
  return isWhole && type !== undefined && name !== undefined ? { name, type, lengthType } : fail(line);
}

function fail(line: string): never {
  throw new InvalidValueError("a PLY file", `a header with the line ${JSON.stringify(line.slice(0, 80))}`, false);
}

/** The error for a file that ends before its data does. */
export function truncatedError(): InvalidValueError {
  return new InvalidValueError("a whole PLY file", "a truncated file", false);
}
