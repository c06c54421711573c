import { arrowTypeKey } from "../arrow/arrow-type.ts";
import { getOrAdd } from "../collections/get-or-add.ts";
import { InvalidValueError, problemWith, wrongType } from "../checks/invalid-value-error.ts";
import type { ChunkBuilder } from "./chunk-builder.ts";
import type {
  AsComponents,
  ComponentBatch,
  ComponentDescriptor,
  ComponentField,
  ComponentType,
  FieldWriter,
  RowWriterMethods,
} from "./component.ts";
import { describeNotLoggable } from "./suggest-archetype.ts";

/**
 * Writes the components of a row directly into the columns of an open chunk. If the type of a component differs from
 * that of earlier rows, those rows become a separate chunk, and the row continues in new columns.
 *
 * All rows of a recording share one row writer, so that logging a row allocates nothing. The writer also caches the
 * fields made from descriptors, because columns are found by the identity of their field. `label` is the name of the
 * value that is being written. Each step sets it, and only the handling of errors reads it, because passing it as an
 * argument would take time in every row.
 */
export class ChunkRowWriter implements RowWriterMethods {
  /** The field that is being written, for error messages. */
  label = "";
  /** The warning that a component of the last row has changed its type. */
  notice = "";
  #chunk: ChunkBuilder | undefined;
  /** The number of fields that this row has so far. */
  #count = 0;
  #instances = -1;
  /**
   * Fields made from descriptors, keyed by all properties that distinguish them, and the newest field of each
   * component.
   */
  readonly #interned = new Map<string, ComponentField>();
  readonly #newest = new Map<string, ComponentField>();

  /** Whether a row is being written: `log` was called from inside `asComponents`. */
  get isBusy(): boolean {
    return this.#chunk !== undefined;
  }

  /** Writes all components of `data` into a row of `chunk`. Throws `InvalidValueError`, or the error of user code. */
  writeRow(chunk: ChunkBuilder, data: AsComponents | readonly AsComponents[]): void {
    this.#chunk = chunk;
    this.#count = 0;
    this.notice = "";
    try {
      if (Array.isArray(data)) for (const item of data) this.add(item);
      else this.add(data as AsComponents);
    } finally {
      this.#chunk = undefined;
    }
  }

  add(data: AsComponents): void {
    this.label = "data";
    if (typeof (data as AsComponents | undefined)?.asComponents !== "function") {
      throw wrongType(describeNotLoggable(data), data);
    }
    this.#instances = -1;
    // The brand exists only in types.
    data.asComponents(this as RowWriterMethods as FieldWriter);
  }

  write(descriptor: ComponentDescriptor, batch: ComponentBatch | null): void {
    this.label = descriptor.component;
    const field = batch === null ? this.newest(descriptor) : this.intern(descriptor, batch.type, descriptor.component);
    if (field === undefined) {
      throw new InvalidValueError("logged before it is cleared with null (an empty batch is enough)", "null", false);
    }
    this.field(field, batch === null ? null : batch.values, batch?.type);
  }

  field(field: ComponentField, values: unknown, type: ComponentType = field.type): void {
    this.label = field.label;
    const chunk = this.#chunk;
    if (chunk === undefined) throw new InvalidValueError("used only while `asComponents` runs", "a later call", false);
    let column = chunk.column(field, this.#count++);
    if (column.field !== field && !isSameField(column.field, field)) {
      if (column.cells.length > chunk.rows) throw problemWith(undefined, "is in the row twice, with different types");
      this.notice = describeConflict(column.field, field);
      column = chunk.replaceColumn(column, field);
    }
    const { cells } = column;
    if (cells.length > chunk.rows) throw problemWith(undefined, "is in the row twice");
    const { item } = cells;
    const before = item.length;
    if (values !== null) type.append(values as never, item, this.#instances);
    if (field.isRequired === true) this.#instances = item.length - before;
    chunk.closeCell(column);
  }

  intern(descriptor: ComponentDescriptor, type: ComponentType, label: string): ComponentField {
    const { component } = descriptor;
    if (typeof component !== "string" || component === "") {
      throw wrongType("a descriptor whose `component` is a non-empty string", component);
    }
    const name = nameOf(descriptor);
    const key = `${name}\0${descriptor.componentType ?? ""}\0${arrowTypeKey(type.arrow)}`;
    const field = getOrAdd(this.#interned, key, () => ({ descriptor, type, label }));
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

/** The warning about a component with another type. Empty if only the archetype or the component type differs. */
function describeConflict(before: ComponentField, now: ComponentField): string {
  const [was, is] = [before, now].map(({ type }) => arrowTypeKey(type.arrow));
  return was === is ? "" : `\`${now.label}\` changed its type from ${was} to ${is}: a component should keep its type`;
}
