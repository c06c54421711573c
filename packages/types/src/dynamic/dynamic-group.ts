import type { ComponentDescriptor } from "@rerun-ts/core";
import { InvalidValue, describeField, describeValue } from "@rerun-ts/core/internal";

/** What values by name have in common. */
export interface DynamicGroup {
  /** How users know it. */
  readonly label: string;
  readonly archetype: string | undefined;
}

/** Values without an archetype. */
export const ANY_VALUES: DynamicGroup = { label: "AnyValues", archetype: undefined };

/** The group of an archetype. Throws `InvalidValue`. */
export function groupOf(archetype: unknown): DynamicGroup {
  if (typeof archetype !== "string" || archetype === "")
    throw new InvalidValue("a text that is not empty", describeValue(archetype), false, "archetype");
  return { label: archetype.slice(archetype.lastIndexOf(".") + 1), archetype };
}

/** The descriptor of a value. Throws `InvalidValue`. */
export function describeMember({ label, archetype }: DynamicGroup, name: string): ComponentDescriptor {
  if (name === "") throw new InvalidValue("given values whose names are not empty", '""', false, label);
  return archetype === undefined ? { component: name } : describeField(archetype, name);
}

/** The values by name. Throws `InvalidValue`. */
export function checkValues({ label }: DynamicGroup, values: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof values === "object" && values !== null;
  if (isObject && !(Symbol.iterator in values) && !("asComponents" in values))
    return values as Readonly<Record<string, unknown>>;
  throw new InvalidValue("given an object of values by name", describeValue(values), false, label);
}

/** A whole descriptor; a text is the name of a component. Throws `InvalidValue`. */
export function toDescriptor(descriptor: unknown): ComponentDescriptor {
  const whole = typeof descriptor === "string" ? { component: descriptor } : descriptor;
  const name = typeof whole === "object" && whole !== null && "component" in whole ? whole.component : undefined;
  if (typeof name === "string" && name !== "") return whole as ComponentDescriptor;
  throw new InvalidValue(
    "the name of a component, or an object whose `component` is one",
    describeValue(descriptor),
    false,
    "descriptor",
  );
}
