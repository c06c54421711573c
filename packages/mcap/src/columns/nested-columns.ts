import { Offsets } from "@rerun-ts/core/encode";
import { Field, List, Map_, Struct, type Data, type DataType } from "apache-arrow";
import { MessageColumn } from "./message-column.ts";

/** A field of a struct. */
export interface MessageField {
  readonly name: string;
  readonly column: MessageColumn;
  /** Whether values may be missing. */
  readonly isNullable?: boolean | undefined;
  /** The name of the Arrow extension type. */
  readonly extension?: string | undefined;
}

function fieldOf({ name, column, isNullable = false, extension }: MessageField): Field {
  const metadata = extension === undefined ? undefined : new Map([["ARROW:extension:name", extension]]);
  return new Field(name, column.type, isNullable, metadata);
}

/** Values with named fields. */
export class StructColumn extends MessageColumn {
  readonly fields: readonly MessageField[];
  readonly #byName: ReadonlyMap<string, MessageColumn>;
  #type: DataType | undefined;
  #length = 0;

  constructor(fields: readonly MessageField[]) {
    super();
    this.fields = fields;
    this.#byName = new Map(fields.map(({ name, column }) => [name, column]));
  }

  get length(): number {
    return this.#length;
  }

  get type(): DataType {
    return (this.#type ??= new Struct(this.fields.map(fieldOf)));
  }

  get byteLength(): number {
    let bytes = 0;
    for (const { column } of this.fields) bytes += column.byteLength;
    return bytes;
  }

  field(name: string): MessageColumn | undefined {
    return this.#byName.get(name);
  }

  /** Ends a value, after all fields have got theirs. */
  end(): void {
    this.#length++;
  }

  /** Ends values, after all fields have got theirs. */
  endMany(count: number): void {
    this.#length += count;
  }

  pushDefault(): void {
    for (const { column, isNullable } of this.fields) {
      if (isNullable === true) column.pushNull();
      else column.pushDefault();
    }
    this.#length++;
  }

  protected drop(length: number): void {
    this.#length = length;
    // A value may be incomplete: some of its fields have no value yet, and lists in them have items.
    for (const { column } of this.fields) if (column.length >= length) column.truncate(length);
  }

  protected renew(isShared: boolean): void {
    this.#length = 0;
    for (const { column } of this.fields) column.release(isShared);
  }

  /** Removes values from the end, and the fields of a value that was not ended. */
  override truncate(length: number): void {
    if (length === this.#length) this.drop(length);
    else super.truncate(length);
  }

  toData(): Data {
    return this.make(
      undefined,
      undefined,
      this.fields.map(({ column }) => column.toData()),
    );
  }
}

/** Lists of any length. */
export class ListColumn<Items extends MessageColumn = MessageColumn> extends MessageColumn {
  readonly items: Items;
  readonly #isNullable: boolean;
  readonly #offsets = new Offsets();
  #type: DataType | undefined;

  constructor(items: Items, isNullable = false) {
    super();
    this.items = items;
    this.#isNullable = isNullable;
  }

  get length(): number {
    return this.#offsets.length;
  }

  get type(): DataType {
    return (this.#type ??= new List(new Field("item", this.items.type, this.#isNullable)));
  }

  get byteLength(): number {
    return this.items.byteLength + this.length * 4;
  }

  /** The beginnings of the lists, and the end of the last. */
  get offsets(): Int32Array {
    return this.#offsets.values;
  }

  /** Ends a list, after its items were appended. */
  end(): void {
    this.#offsets.push(this.items.length);
  }

  /** Ends a list of a number of items, which may be appended later. */
  endOf(count: number): void {
    this.#offsets.pushMany(1, count);
  }

  /** Ends lists that have the same number of items each, which may be appended later. */
  endMany(lists: number, count: number): void {
    this.#offsets.pushMany(lists, count);
  }

  pushDefault(): void {
    this.end();
  }

  protected drop(length: number): void {
    this.items.truncate(this.#offsets.end(length - 1));
    this.#offsets.truncate(length);
  }

  protected renew(isShared: boolean): void {
    this.#offsets.clear(isShared);
    this.items.release(isShared);
  }

  /** Removes lists from the end, and the items of a list that was not ended. */
  override truncate(length: number): void {
    if (length === this.length) this.drop(length);
    else super.truncate(length);
  }

  toData(): Data {
    return this.make(this.#offsets.values, undefined, [this.items.toData()]);
  }
}

/** Maps: lists of entries, which are structs of `key` and `value`. */
export class MapColumn extends ListColumn<StructColumn> {
  override get type(): DataType {
    return new Map_(new Field("entries", this.items.type, false) as never, false);
  }
}
