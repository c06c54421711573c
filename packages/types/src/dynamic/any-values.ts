import { throughProxies } from "@rerun-ts/core/checks";
import type { AsComponents, ComponentColumnList, RowWriter } from "@rerun-ts/core";
import type { AnyValue, AnyValuesOptions } from "./any-value.ts";
import { columnsOfValues } from "./dynamic-column.ts";
import { ANY_VALUES } from "./dynamic-group.ts";
import { writeValues } from "./dynamic-row.ts";

/**
 * Custom values, each of which is a component without an archetype. {@link AnyValue} describes how they are stored.
 *
 * A component keeps its type within a recording: values that fit are stored with it. Others change it, which is
 * reported once. Values are not copied here. They are checked and copied when they are logged.
 *
 * @example
 * rec.log("engine", new rr.AnyValues({ rpm: 900, gear: "N", temperatures: [80.5, 81], at: new Date() }));
 */
export class AnyValues implements AsComponents {
  readonly #values: Readonly<Record<string, AnyValue>>;
  readonly #options: AnyValuesOptions | undefined;

  /** @param values the components by name. `undefined` is not written */
  constructor(values: Readonly<Record<string, AnyValue>>, options?: AnyValuesOptions) {
    throughProxies(this);
    this.#values = values;
    this.#options = options;
  }

  /**
   * Columns for `sendColumns`, with one instance for each row. `.partition(lengths)` for several. An array inside the
   * array is one instance: a list.
   */
  static columns(values: Readonly<Record<string, AnyValue>>, options?: AnyValuesOptions): ComponentColumnList {
    return columnsOfValues(() => ANY_VALUES, values, options);
  }

  asComponents(row: RowWriter): void {
    writeValues(row, ANY_VALUES, this.#values, this.#options);
  }
}
