import { Binary, DataType, Type, Utf8, type Field } from "apache-arrow";

/** An Arrow type whose values apache-arrow cannot have. Files keep them; tables do not. */
export class UnreadableType extends DataType {
  override readonly children: Field[];
  readonly #name: string;
  /** How many buffers an array has itself. */
  readonly buffers: 0 | 3;

  constructor(name: string, buffers: 0 | 3, children: readonly Field[]) {
    super(Type.NONE);
    this.#name = name;
    this.buffers = buffers;
    this.children = [...children];
  }

  override toString(): string {
    return this.#name;
  }
}

const views = new WeakSet<DataType>();

/** The type of strings that are stored as views. They are read as ordinary strings, which more programs know. */
export function utf8View(): DataType {
  const type = new Utf8();
  views.add(type);
  return type;
}

/** The type of bytes that are stored as views. */
export function binaryView(): DataType {
  const type = new Binary();
  views.add(type);
  return type;
}

/** Whether arrays of this type are stored as views. */
export function isView(type: DataType): boolean {
  return views.has(type);
}
