import { checked, wrongType } from "../invalid-value.ts";
import type { ComponentField } from "./component.ts";

/** The instances of one component for many rows, as {@link RecordingStream.sendColumns} takes them. Values are referred to, not copied. */
export class ComponentColumn {
  /** @internal */
  readonly field: ComponentField;
  /** @internal */
  readonly values: unknown;
  /** How many instances each row has, `null` for a row that leaves the component as it was; absent: one each. */
  readonly lengths: ArrayLike<number | null> | undefined;

  constructor(field: ComponentField, values: unknown, lengths?: ArrayLike<number | null>) {
    this.field = field;
    this.values = values;
    this.lengths = lengths;
  }

  /**
   * The same values with `lengths[row]` instances in each row: 0 clears the component, `null` leaves it as it was.
   *
   * @throws {TypeError} if `lengths` is no list
   */
  partition(lengths: ArrayLike<number | null>): ComponentColumn {
    checked("lengths", () => {
      if (typeof lengths !== "object" || lengths === null || typeof lengths.length !== "number") {
        throw wrongType("a list of the number of instances in each row", lengths);
      }
    });
    return new ComponentColumn(this.field, this.values, lengths);
  }
}

/** The columns of one archetype. */
export class ComponentColumnList implements Iterable<ComponentColumn> {
  readonly #columns: readonly ComponentColumn[];

  constructor(columns: readonly ComponentColumn[]) {
    this.#columns = columns;
  }

  /**
   * The same values with `lengths[row]` instances in each row, for all columns: 0 clears, `null` leaves as it was.
   *
   * @throws {TypeError} if `lengths` is no list
   */
  partition(lengths: ArrayLike<number | null>): ComponentColumnList {
    return new ComponentColumnList(this.#columns.map((column) => column.partition(lengths)));
  }

  [Symbol.iterator](): Iterator<ComponentColumn> {
    return this.#columns[Symbol.iterator]();
  }
}
