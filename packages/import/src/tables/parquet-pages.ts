import type { GroupSizes } from "./group-sizes.ts";

/** The pages of a column in a group of rows, as the metadata of the file describes them. */
export interface ColumnPages {
  /** The range of its bytes in the file. */
  readonly start: number;
  readonly end: number;
  /** The number of its values, with nulls. */
  readonly values: number;
  /** Whether its pages are compressed. */
  readonly isCompressed: boolean;
  /** The largest repetition and definition level of its values. */
  readonly repetitions: number;
  readonly definitions: number;
  /** The sizes of all columns of the group. */
  readonly group: GroupSizes;
}

/** A page whose runs of equal values can be checked when it is decompressed. */
export interface DataPage {
  readonly column: ColumnPages;
  readonly isV2: boolean;
  readonly values: number;
  readonly encoding: number;
}

/** The result of {@link checkPages}. */
export interface CheckedPages {
  /** The reason why the pages are damaged, if they are. */
  readonly reason?: string;
  /** The pages that are compressed, by the positions of their compressed bytes. */
  readonly compressed: ReadonlyMap<number, DataPage>;
}

/** A value of Thrift's compact protocol. Texts, lists and maps are passed over. */
type Thrift = number | ReadonlyMap<number, Thrift> | undefined;

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;
/** The fields of a page's header, by its kind. Source: parquet.thrift. */
const HEADERS: Readonly<Record<number, number>> = { [DATA_PAGE]: 5, [DICTIONARY_PAGE]: 7, [DATA_PAGE_V2]: 8 };
/** No codec shrinks data further in practice. */
const MAX_RATIO = 10_000;
/** The largest page after decompression that is not compared with its compressed size. */
const SMALL_PAGE_BYTES = 1024 * 1024;
/** Headers are not nested deeper. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 16;

/**
 * Checks the pages of a column, because readers allocate memory for the numbers in them, and repeat values as often as
 * they say.
 *
 * @param bytes the bytes of the column
 * @throws {RerunError} `INVALID_FORMAT` if the group of the column is far larger without compression
 */
export function checkPages(bytes: Uint8Array, column: ColumnPages): CheckedPages {
  const reader = new ThriftReader(bytes);
  const compressed = new Map<number, DataPage>();
  let [found, total] = [0, 0];
  try {
    while (reader.at < bytes.byteLength && found < column.values) {
      const header = reader.struct(0);
      const [kind, size, stored] = [1, 2, 3].map((field) => numberIn(header, field));
      if (kind === undefined || !isCount(size) || !isCount(stored) || reader.at + stored > bytes.byteLength)
        return { reason: "a page has a wrong size", compressed };
      const own = header.get(HEADERS[kind] ?? -1);
      if (HEADERS[kind] !== undefined && !(own instanceof Map))
        return { reason: "a page has no header of its kind", compressed };
      total += size;
      const body = bytes.subarray(reader.at, reader.at + stored);
      if (own instanceof Map) {
        const count = numberIn(own, 1);
        const reason = wrongNumbers(kind, size, stored, count, own);
        if (reason !== undefined || count === undefined)
          return { reason: reason ?? "a page has no values", compressed };
        if (kind !== DICTIONARY_PAGE) {
          found += count;
          const isV2 = kind === DATA_PAGE_V2;
          const page = { column, isV2, values: count, encoding: numberIn(own, isV2 ? 4 : 2) ?? -1 };
          const levels = isV2 ? (numberIn(own, 5) ?? 0) + (numberIn(own, 6) ?? 0) : 0;
          if (isV2 && !areLevelRuns(body, page, numberIn(own, 6) ?? 0, levels))
            return { reason: "a page has damaged levels", compressed };
          const isStored = !column.isCompressed || (isV2 && numberIn(own, 7) === 0);
          if (!isStored) compressed.set(reader.at + levels, page);
          else if (!areRuns(body.subarray(levels), page)) return { reason: "a page has damaged values", compressed };
        }
      }
      reader.at += stored;
    }
  } catch {
    return { reason: "the header of a page ends early", compressed };
  }
  column.group.add(column, bytes.byteLength, total);
  const reason = `the pages of a column have ${found} values, and its metadata ${column.values}`;
  return found === column.values ? { compressed } : { reason, compressed };
}

/** The reason why a header is wrong, if it is. */
function wrongNumbers(
  kind: number,
  size: number,
  stored: number,
  count: number | undefined,
  header: ReadonlyMap<number, Thrift>,
): string | undefined {
  if (size > SMALL_PAGE_BYTES + stored * MAX_RATIO) return `a page of ${stored} bytes has ${size} without compression`;
  if (!isCount(count)) return "a page has a wrong number of values";
  if (kind === DICTIONARY_PAGE && count > (size + 1) * 8) return `a dictionary of ${size} bytes has ${count} values`;
  if (kind === DATA_PAGE_V2 && !areLevels(header, count, size)) return "a page has levels of a wrong size";
  return undefined;
}

/** Encodings of values. Source: parquet.thrift. */
const ENCODING = { plainDictionary: 2, rle: 3, delta: 5, deltaLengths: 6, deltaTexts: 7, dictionary: 8 } as const;
/** The largest block of deltas, and the most parts of one. Writers make blocks of 128. */
const [MAX_BLOCK, MAX_PARTS] = [2 ** 20, 2 ** 10];
/** Writers may pad the last run. */
const MAX_PADDING = 1024;

/** Whether the runs in the values of a page without compression end within it: those of version 1 with their levels. */
export function areRuns(bytes: Uint8Array, { column, isV2, values, encoding }: DataPage): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const largest of isV2 ? [] : [column.repetitions, column.definitions]) {
    if (largest === 0) continue;
    if (at + 4 > bytes.byteLength) return false;
    const length = view.getUint32(at, true);
    if (at + 4 + length > bytes.byteLength) return false;
    if (!isWholeHybrid(bytes.subarray(at + 4, at + 4 + length), widthOf(largest), values)) return false;
    at += 4 + length;
  }
  const rest = bytes.subarray(at);
  if (encoding === ENCODING.dictionary || encoding === ENCODING.plainDictionary)
    return (
      rest.byteLength === 0 || ((rest[0] as number) <= 32 && isHybrid(rest.subarray(1), rest[0] as number, values))
    );
  if (encoding === ENCODING.rle) return isHybrid(rest.subarray(4), 1, values);
  const hasDeltas: readonly number[] = [ENCODING.delta, ENCODING.deltaLengths, ENCODING.deltaTexts];
  return !hasDeltas.includes(encoding) || areBlocks(rest);
}

/** Whether the levels of a page of version 2, which are never compressed, are as long as they say. */
function areLevelRuns(bytes: Uint8Array, { column, values }: DataPage, repetitions: number, all: number): boolean {
  const { repetitions: largest, definitions } = column;
  return (
    (largest === 0 || isWholeHybrid(bytes.subarray(0, repetitions), widthOf(largest), values)) &&
    (definitions === 0 || isWholeHybrid(bytes.subarray(repetitions, all), widthOf(definitions), values))
  );
}

function widthOf(largest: number): number {
  return 32 - Math.clz32(largest);
}

/** Whether runs of equal and of packed values have no more values than a page, up to its end. */
function isHybrid(bytes: Uint8Array, width: number, values: number): boolean {
  return valuesIn(bytes, width, values) !== undefined;
}

/** Whether they also have all values of the page. */
function isWholeHybrid(bytes: Uint8Array, width: number, values: number): boolean {
  return (valuesIn(bytes, width, values) ?? -1) >= values;
}

/** The number of values in runs, or `undefined` if they are damaged. */
function valuesIn(bytes: Uint8Array, width: number, values: number): number | undefined {
  const reader = new ThriftReader(bytes);
  let seen = 0;
  while (seen < values && reader.at < bytes.byteLength) {
    let header: number;
    try {
      header = reader.varint();
    } catch {
      return undefined;
    }
    const isPacked = header % 2 === 1;
    const count = isPacked ? ((header - 1) / 2) * 8 : header / 2;
    if (count > values - seen + MAX_PADDING) return undefined;
    seen += count;
    reader.at += isPacked ? (count / 8) * width : (width + 7) >> 3;
  }
  return seen;
}

/** Whether the header of deltas has blocks of a usual size. */
function areBlocks(bytes: Uint8Array): boolean {
  const reader = new ThriftReader(bytes);
  try {
    const [block, parts] = [reader.varint(), reader.varint()];
    return block > 0 && block <= MAX_BLOCK && parts > 0 && parts <= MAX_PARTS && block % parts === 0;
  } catch {
    return bytes.byteLength === 0;
  }
}

function areLevels(header: ReadonlyMap<number, Thrift>, count: number, size: number): boolean {
  const [nulls, rows, definitions, repetitions] = [2, 3, 5, 6].map((field) => numberIn(header, field));
  if (!isCount(nulls) || nulls > count || !isCount(rows) || rows > count) return false;
  return isCount(definitions) && isCount(repetitions) && definitions + repetitions <= size;
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && value >= 0;
}

function numberIn(struct: ReadonlyMap<number, Thrift>, field: number): number | undefined {
  const value = struct.get(field);
  return typeof value === "number" ? value : undefined;
}

/** Reads Thrift's compact protocol. Throws at its end. */
class ThriftReader {
  at = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  struct(depth: number): ReadonlyMap<number, Thrift> {
    if (depth > MAX_DEPTH) throw new RangeError("too deep");
    const fields = new Map<number, Thrift>();
    for (let last = 0; ;) {
      const byte = this.#byte();
      const type = byte & 15;
      if (type === 0) return fields;
      last = byte >> 4 === 0 ? zigzag(this.varint()) : last + (byte >> 4);
      fields.set(last, this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): Thrift {
    if (type === 1 || type === 2) return type === 1 ? 1 : 0;
    if (type === 3) return this.#byte();
    if (type <= 6) return zigzag(this.varint());
    if (type === 7) this.#skip(8);
    else if (type === 8) this.#skip(this.varint());
    else if (type === 9 || type === 10) {
      const byte = this.#byte();
      const count = byte >> 4 === 15 ? this.varint() : byte >> 4;
      // Headers of pages have no lists. Readers may take no bytes for the items of a false one.
      if (count > MAX_ITEMS) throw new RangeError(`a list of ${count}`);
      for (let index = 0; index < count; index++) this.#item(byte & 15, depth);
    } else if (type === 12) return this.struct(depth + 1);
    else throw new RangeError(`the type ${type}`);
    return undefined;
  }

  /** An item of a list, in which a boolean takes a byte. */
  #item(type: number, depth: number): void {
    if (type === 1 || type === 2) this.#byte();
    else this.#value(type, depth);
  }

  #skip(length: number): void {
    this.at += length;
    if (this.at > this.#view.byteLength) throw new RangeError("the end");
  }

  #byte(): number {
    return this.#view.getUint8(this.at++);
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError("a number is too large");
  }
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
