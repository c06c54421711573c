import { arrowTypeKey } from "../arrow/arrow-type.ts";
import { InvalidValue, wrongType } from "../invalid-value.ts";
import type { ChunkBuilder } from "./chunk-builder.ts";
import type {
  AsComponents,
  ComponentBatch,
  ComponentDescriptor,
  ComponentField,
  ComponentType,
  FieldWriter,
} from "./component.ts";
import { describeMistake } from "./mistakes.ts";

/** Thrown where a component comes with another type than the rows before: they must leave first. Users see the message. */
export class TypeConflict extends Error {}

/** Writes the components of one row straight into the columns of a chunk under construction. */
export class ChunkRowWriter implements FieldWriter {
  /** The field that was written last, for messages. */
  label = "";
  #chunk: ChunkBuilder | undefined;
  /** How many fields this row has so far. */
  #count = 0;
  #instances = -1;
  /** Fields made from descriptors, by everything that tells them apart; and the newest of each component. */
  readonly #interned = new Map<string, ComponentField>();
  readonly #newest = new Map<string, ComponentField>();

  /** Whether a row is being written: `log` was called from inside `asComponents`. */
  get isBusy(): boolean {
    return this.#chunk !== undefined;
  }

  /** Writes all components of `data` into a row of `chunk`. Throws `InvalidValue` or `TypeConflict`. */
  writeRow(chunk: ChunkBuilder, data: AsComponents | readonly AsComponents[]): void {
    this.#chunk = chunk;
    this.#count = 0;
    try {
      if (Array.isArray(data)) for (const item of data) this.add(item);
      else this.add(data as AsComponents);
    } finally {
      this.#chunk = undefined;
    }
  }

  add(data: AsComponents): void {
    if (typeof (data as AsComponents | undefined)?.asComponents !== "function") {
      this.label = "data";
      throw wrongType(describeMistake(data), data);
    }
    this.#instances = -1;
    data.asComponents(this);
  }

  write(descriptor: ComponentDescriptor, batch: ComponentBatch | null): void {
    this.label = descriptor.component;
    const field = batch === null ? this.newest(descriptor) : this.intern(descriptor, batch.type, descriptor.component);
    if (field === undefined) {
      throw new InvalidValue(
        "a batch before it can be cleared with null (an empty batch tells its type)",
        "null",
        false,
      );
    }
    this.field(field, batch === null ? null : batch.values, batch?.type);
  }

  field(field: ComponentField, values: unknown, type: ComponentType = field.type): void {
    this.label = field.label;
    const chunk = this.#chunk;
    if (chunk === undefined) throw new InvalidValue("used while `asComponents` runs", "a call afterwards", false);
    const column = chunk.column(field, this.#count++);
    if (column.field !== field && !isSameField(column.field, field)) throw conflictOf(column.field, field);
    const { cells } = column;
    if (cells.length > chunk.rows) throw new InvalidValue("given once per row", "a second time", false);
    const { item } = cells;
    const before = item.length;
    if (values !== null) type.append(values as never, item, this.#instances);
    if (field.isRequired === true) this.#instances = item.length - before;
    chunk.closeCell(column);
  }

  intern(descriptor: ComponentDescriptor, type: ComponentType, label: string): ComponentField {
    const { component } = descriptor;
    if (typeof component !== "string" || component === "") {
      throw wrongType("a descriptor whose `component` is a text that is not empty", component);
    }
    const name = nameOf(descriptor);
    const key = `${name}\0${descriptor.componentType ?? ""}\0${arrowTypeKey(type.arrow)}`;
    let field = this.#interned.get(key);
    if (field === undefined) {
      field = { descriptor, type, label };
      this.#interned.set(key, field);
    }
    this.#newest.set(name, field);
    return field;
  }

  newest(descriptor: ComponentDescriptor): ComponentField | undefined {
    return this.#newest.get(nameOf(descriptor));
  }
}

function nameOf({ component, archetype = "" }: ComponentDescriptor): string {
  return `${component}\0${archetype}`;
}

function isSameField(a: ComponentField, b: ComponentField): boolean {
  return (
    a.type.arrow === b.type.arrow &&
    a.descriptor.archetype === b.descriptor.archetype &&
    a.descriptor.componentType === b.descriptor.componentType
  );
}

/** There is no message if only the archetype or the component type is another. */
function conflictOf(before: ComponentField, now: ComponentField): TypeConflict {
  const [was, is] = [before, now].map(({ type }) => arrowTypeKey(type.arrow));
  return new TypeConflict(
    was === is ? "" : `\`${now.label}\` was ${was} and is ${is} now: Rerun wants one type per component`,
  );
}
