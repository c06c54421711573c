import type { ComponentDescriptor } from "@rerun-ts/core";
import { describeValue, InvalidValueError, problemWith } from "@rerun-ts/core/checks";
import { describeField } from "@rerun-ts/core/encode";

/** The common part of the descriptors of values by name. */
export interface DynamicGroup {
  /** The name of the group in error messages. */
  readonly label: string;
  readonly archetype: string | undefined;
}

/** Values without an archetype. */
export const ANY_VALUES: DynamicGroup = { label: "AnyValues", archetype: undefined };

/** The group of an archetype. Throws `InvalidValueError`. */
export function groupOf(archetype: unknown): DynamicGroup {
  if (typeof archetype !== "string" || archetype === "")
    throw new InvalidValueError("a non-empty string", describeValue(archetype), false, "archetype");
  return { label: archetype.slice(archetype.lastIndexOf(".") + 1), archetype };
}

/** The descriptor of a value. Throws `InvalidValueError`. */
export function describeMember({ label, archetype }: DynamicGroup, name: string): ComponentDescriptor {
  if (name === "") throw problemWith(label, "has a value with an empty name: pass a name");
  return archetype === undefined ? { component: name } : describeField(archetype, name);
}

/** The values by name. Throws `InvalidValueError`. */
export function checkValues({ label }: DynamicGroup, values: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof values === "object" && values !== null;
  if (isObject && !(Symbol.iterator in values) && !("asComponents" in values))
    return values as Readonly<Record<string, unknown>>;
  throw new InvalidValueError("an object of values by name", describeValue(values), false, label);
}

/** The whole descriptor. A string is the name of a component. Throws `InvalidValueError`. */
export function toDescriptor(descriptor: unknown): ComponentDescriptor {
  const whole = typeof descriptor === "string" ? { component: descriptor } : descriptor;
  const name = typeof whole === "object" && whole !== null && "component" in whole ? whole.component : undefined;
  if (typeof name === "string" && name !== "") return whole as ComponentDescriptor;
  throw new InvalidValueError(
    "the name of a component, or an object whose `component` is one",
    describeValue(descriptor),
    false,
    "descriptor",
  );
}
