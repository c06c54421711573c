import { throughProxies } from "@rerun-ts/core/checks";
import type { AsComponents, ComponentColumn, ComponentDescriptor, RowWriter } from "@rerun-ts/core";
import type { AnyValue, AnyValuesOptions } from "./any-value.ts";
import { columnOfValue } from "./dynamic-column.ts";
import { toDescriptor } from "./dynamic-group.ts";
import { writeDynamicValue } from "./dynamic-row.ts";

/**
 * One custom component, by its name or its whole descriptor. The value implies its type, as with {@link AnyValues}.
 *
 * @example
 * rec.log("car", new rr.AnyBatchValue({ component: "my.Car:mass", archetype: "my.Car", componentType: "my.Mass" },
 * 1200));
 */
export class AnyBatchValue implements AsComponents {
  readonly #descriptor: string | ComponentDescriptor;
  readonly #value: AnyValue;
  readonly #options: AnyValuesOptions | undefined;

  /** @param descriptor the name of the component, or its whole descriptor */
  constructor(descriptor: string | ComponentDescriptor, value: AnyValue, options?: AnyValuesOptions) {
    throughProxies(this);
    this.#descriptor = descriptor;
    this.#value = value;
    this.#options = options;
  }

  /** A column for `sendColumns`, with one instance for each row. `.partition(lengths)` for several. */
  static column(descriptor: string | ComponentDescriptor, value: AnyValue): ComponentColumn {
    return columnOfValue(descriptor, value);
  }

  asComponents(row: RowWriter): void {
    writeDynamicValue(row, toDescriptor(this.#descriptor), this.#value, this.#options);
  }
}
