import { brand, hasBrand } from "../checks/brand.ts";
import { throughProxies } from "../checks/through-proxies.ts";
import { checked, wrongType } from "../checks/invalid-value-error.ts";
import type { ComponentField } from "./component.ts";

/**
 * The values of one component for many rows, for {@link RecordingStream.sendColumns}. `X.columns({ … })` of an
 * archetype returns a list of them.
 *
 * A column keeps a reference to the values. Sending it checks and copies them. Without `partition` each row has one
 * instance.
 */
export class ComponentColumn {
  /** @internal */
  readonly field: ComponentField;
  /** @internal */
  readonly values: unknown;
  /**
   * The number of instances of each row, or one number for all rows. Default: one. `null` is a row without the
   * component.
   */
  readonly lengths: ArrayLike<number | null> | number | undefined;

  constructor(field: ComponentField, values: unknown, lengths?: ArrayLike<number | null> | number) {
    throughProxies(this);
    this.field = field;
    this.values = values;
    this.lengths = lengths;
  }

  /**
   * A column of the same values with `lengths[row]` instances in each row. 0 clears the component, `null` leaves it
   * unchanged. The lengths must sum to the number of values. Sending the column checks this. A number stands for as
   * many instances in each row.
   *
   * @throws {TypeError} if `lengths` is neither a list nor a positive integer
   */
  partition(lengths: ArrayLike<number | null> | number): ComponentColumn {
    checked("lengths", () => {
      const isList = typeof lengths === "object" && lengths !== null && typeof lengths.length === "number";
      if (!isList && !(Number.isInteger(lengths) && (lengths as number) > 0))
        throw wrongType("a list with the number of instances of each row, or a positive integer for all rows", lengths);
    });
    return new ComponentColumn(this.field, this.values, lengths);
  }
}

brand(ComponentColumn.prototype, "ComponentColumn");

/** Whether a value is a {@link ComponentColumn}, of any copy of this package. */
export function isComponentColumn(value: unknown): value is ComponentColumn {
  return hasBrand(value, "ComponentColumn");
}

/**
 * The columns of one archetype, as `X.columns({ … })` returns them.
 *
 * @example
 * const columns = rr.Points3D.columns({ positions: new Float32Array(18), radii: [1, 2, 3, 4, 5, 6] });
 * rec.sendColumns("cloud", rr.TimeColumn.sequence("frame", [0, 1, 2]), columns.partition([1, 2, 3]));
 */
export class ComponentColumnList implements Iterable<ComponentColumn> {
  readonly #columns: readonly ComponentColumn[];

  constructor(columns: readonly ComponentColumn[]) {
    throughProxies(this);
    this.#columns = columns;
  }

  /**
   * All columns, with `lengths[row]` instances in each row. A single number counts for all rows. See
   * {@link ComponentColumn.partition}.
   *
   * @throws {TypeError} if `lengths` is neither a list nor a positive integer
   */
  partition(lengths: ArrayLike<number | null> | number): ComponentColumnList {
    return new ComponentColumnList(this.#columns.map((column) => column.partition(lengths)));
  }

  /** Iterates over the columns. */
  [Symbol.iterator](): Iterator<ComponentColumn> {
    return this.#columns[Symbol.iterator]();
  }
}

/** The component of a column. */
export function fieldOf(column: ComponentColumn): ComponentField {
  return column.field;
}
