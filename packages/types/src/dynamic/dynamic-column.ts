import { ComponentColumn, ComponentColumnList, type ComponentDescriptor } from "@rerun-ts/core";
import { NullBuilder } from "@rerun-ts/core/encode";
import { asBatch, checkAnyValuesOptions, type AnyValuesOptions } from "./any-value.ts";
import { untyped, withType } from "./dynamic-component.ts";
import { checkValues, describeMember, toDescriptor, type DynamicGroup } from "./dynamic-group.ts";
import { UNTYPED, impliedBy } from "./implied-type.ts";

/** The descriptor of a column whose name is invalid. */
const NAMELESS: ComponentDescriptor = { component: "?" };

/** The columns of values by name. Never throws: invalid values are reported when the columns are sent. */
export function columnsOfValues(
  group: () => DynamicGroup,
  values: unknown,
  options: AnyValuesOptions | undefined,
): ComponentColumnList {
  try {
    const known = group();
    checkAnyValuesOptions(known.label, options);
    const columns = Object.entries(checkValues(known, values)).map(([name, value]) => {
      if (value === undefined) return undefined;
      const label = `${known.label}.${name}`;
      return columnOf(describeMember(known, name), label, value, options?.dropUntypedNulls !== false);
    });
    return new ComponentColumnList(columns.filter((column) => column !== undefined));
  } catch (error) {
    return new ComponentColumnList([refusedColumn(NAMELESS, "columns", error)]);
  }
}

/** The column of one component. Never throws. */
export function columnOfValue(descriptor: unknown, value: unknown): ComponentColumn {
  try {
    const whole = toDescriptor(descriptor);
    return columnOf(whole, whole.component, value, false) as ComponentColumn;
  } catch (error) {
    return refusedColumn(NAMELESS, "descriptor", error);
  }
}

/** A column with one instance per row, or `undefined` if the values have no type and are dropped. Never throws. */
function columnOf(
  descriptor: ComponentDescriptor,
  label: string,
  value: unknown,
  dropsUntyped: boolean,
): ComponentColumn | undefined {
  try {
    const batch = asBatch(value);
    if (batch !== undefined) {
      const { type, values } = batch;
      return new ComponentColumn({ descriptor: withType(descriptor, type), type, label }, values);
    }
    const type = impliedBy(UNTYPED, value);
    if (type !== UNTYPED) return new ComponentColumn({ descriptor, type: type.codec, label }, value);
    if (dropsUntyped) return undefined;
    throw untyped(value);
  } catch (error) {
    return refusedColumn(descriptor, label, error);
  }
}

/** A column that throws this error when it is sent. */
function refusedColumn(descriptor: ComponentDescriptor, label: string, error: unknown): ComponentColumn {
  const type = {
    arrow: { type: "Null" },
    createBuilder: () => new NullBuilder(),
    append: () => {
      throw error;
    },
  } as const;
  return new ComponentColumn({ descriptor, type, label }, []);
}
