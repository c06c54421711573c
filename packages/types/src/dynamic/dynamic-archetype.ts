import { throughProxies } from "@rerun-ts/core/checks";
import type { AsComponents, ComponentColumnList, RowWriter } from "@rerun-ts/core";
import type { AnyValue, AnyValuesOptions } from "./any-value.ts";
import { columnsOfValues } from "./dynamic-column.ts";
import { groupOf } from "./dynamic-group.ts";
import { writeValues } from "./dynamic-row.ts";

/**
 * A custom archetype whose values imply their types, as with {@link AnyValues}. The components are named
 * `<archetype>:<name>`. If types must not depend on values, use `componentBatches`.
 *
 * @example
 * rec.log("car", new rr.DynamicArchetype("my.Car", { plate: "X 1", seats: 5n }));
 */
export class DynamicArchetype implements AsComponents {
  readonly #archetype: string;
  readonly #components: Readonly<Record<string, AnyValue>>;
  readonly #options: AnyValuesOptions | undefined;

  /**
   * @param archetype the full name of the archetype
   * @param components the values by name. `undefined` is not written
   */
  constructor(archetype: string, components: Readonly<Record<string, AnyValue>>, options?: AnyValuesOptions) {
    throughProxies(this);
    this.#archetype = archetype;
    this.#components = components;
    this.#options = options;
  }

  /** Columns for `sendColumns`, as those of {@link AnyValues}. */
  static columns(
    archetype: string,
    components: Readonly<Record<string, AnyValue>>,
    options?: AnyValuesOptions,
  ): ComponentColumnList {
    return columnsOfValues(() => groupOf(archetype), components, options);
  }

  asComponents(row: RowWriter): void {
    writeValues(row, groupOf(this.#archetype), this.#components, this.#options);
  }
}
