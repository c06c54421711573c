import type { Data } from "apache-arrow";
import { isValid } from "../../arrays/is-valid.ts";
import type { ChunkData } from "../../store/chunk-data.ts";

/** The instances of a component in one row, as a range of an array. */
export interface Instances {
  readonly data: Data;
  readonly start: number;
  readonly end: number;
}

/** The rows of a chunk, by component. */
export class ChunkRows {
  readonly #lists = new Map<string, Data>();

  constructor(chunk: ChunkData) {
    for (const column of chunk.layout.components) this.#lists.set(column.name, chunk.values(column));
  }

  /** The names of the components. */
  get components(): readonly string[] {
    return [...this.#lists.keys()];
  }

  /** The instances in a row, or `undefined` if it has none. */
  instances(component: string, row: number): Instances | undefined {
    const lists = this.#lists.get(component);
    if (lists === undefined || !isValid(lists, row)) return undefined;
    const offsets = lists.valueOffsets as Int32Array;
    const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
    return end > start ? { data: lists.children[0] as Data, start, end } : undefined;
  }

  /** Numbers of a row: all of each instance, such as the coordinates of points. */
  numbers(component: string, row: number): ArrayLike<number> | undefined {
    const found = this.instances(component, row);
    if (found === undefined) return undefined;
    const { data, start, end } = found;
    const inner = data.children[0] as Data | undefined;
    const size = inner === undefined ? 1 : inner.length / data.length;
    const values = (inner ?? data).values as ArrayLike<number> & {
      subarray(from: number, to: number): ArrayLike<number>;
    };
    return values.subarray(start * size, end * size);
  }

  /** The text of a row. */
  text(component: string, row: number): string | undefined {
    const found = this.instances(component, row);
    return found && new TextDecoder().decode(slice(found.data, found.start));
  }

  /** The bytes of a row: a blob, which is a list of bytes or binary. */
  bytes(component: string, row: number): Uint8Array | undefined {
    const found = this.instances(component, row);
    return found && slice(found.data, found.start);
  }

  /** A field of a struct in a row. */
  field(component: string, row: number, name: string): number | undefined {
    const found = this.instances(component, row);
    if (found === undefined) return undefined;
    const fields = found.data.type.children as readonly { readonly name: string }[];
    const data = found.data.children[fields.findIndex((field) => field.name === name)] as Data | undefined;
    if (data === undefined || !isValid(data, found.start)) return undefined;
    return Number((data.values as ArrayLike<number>)[found.start]);
  }
}

/** One element of texts, binaries, or lists of bytes. */
function slice(data: Data, index: number): Uint8Array {
  const offsets = data.valueOffsets as Int32Array;
  const values = ((data.children[0] as Data | undefined) ?? data).values as Uint8Array;
  return values.subarray(Number(offsets[index]), Number(offsets[index + 1]));
}
