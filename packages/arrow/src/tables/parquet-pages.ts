/** The pages of a column in a group of rows, as the metadata of the file describes them. */
export interface StoredColumn {
  /** The range of its bytes in the file. */
  readonly start: number;
  readonly end: number;
  /** The number of its values, with nulls. */
  readonly values: number;
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

/**
 * Checks the headers of the pages of a column, because readers allocate memory for the numbers in them.
 *
 * @param bytes the bytes of the column
 * @returns the reason why they are damaged, if they are
 */
export function findWrongPage(bytes: Uint8Array, values: number): string | undefined {
  const reader = new ThriftReader(bytes);
  let found = 0;
  try {
    while (reader.at < bytes.byteLength && found < values) {
      const header = reader.struct(0);
      const [kind, size, stored] = [1, 2, 3].map((field) => numberIn(header, field));
      if (kind === undefined || !isCount(size) || !isCount(stored) || reader.at + stored > bytes.byteLength)
        return "a page has a wrong size";
      if (size > SMALL_PAGE_BYTES + stored * MAX_RATIO)
        return `a page of ${stored} bytes has ${size} without compression`;
      const own = header.get(HEADERS[kind] ?? -1);
      if (own instanceof Map) {
        const count = numberIn(own, 1);
        if (!isCount(count)) return "a page has a wrong number of values";
        if (kind === DICTIONARY_PAGE && count > (size + 1) * 8)
          return `a dictionary of ${size} bytes has ${count} values`;
        if (kind !== DICTIONARY_PAGE) found += count;
        if (kind === DATA_PAGE_V2 && !areLevels(own, count, size)) return "a page has levels of a wrong size";
      } else if (HEADERS[kind] !== undefined) return "a page has no header of its kind";
      reader.at += stored;
    }
  } catch {
    return "the header of a page ends early";
  }
  return found === values ? undefined : `the pages of a column have ${found} values, and its metadata ${values}`;
}

function areLevels(header: ReadonlyMap<number, Thrift>, count: number, size: number): boolean {
  const [nulls, rows, definitions = 0, repetitions = 0] = [2, 3, 5, 6].map((field) => numberIn(header, field));
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
      last = byte >> 4 === 0 ? zigzag(this.#varint()) : last + (byte >> 4);
      fields.set(last, this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): Thrift {
    if (type === 1 || type === 2) return type === 1 ? 1 : 0;
    if (type === 3) return this.#byte();
    if (type <= 6) return zigzag(this.#varint());
    if (type === 7) this.#skip(8);
    else if (type === 8) this.#skip(this.#varint());
    else if (type === 9 || type === 10) {
      const byte = this.#byte();
      const count = byte >> 4 === 15 ? this.#varint() : byte >> 4;
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

  #varint(): number {
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
