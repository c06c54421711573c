import type { AsComponents } from "@rerun-ts/core";
import { InvalidValueError, describeValue } from "@rerun-ts/core/checks";
import { archetypeNameOf } from "@rerun-ts/types/archetype-names";

/**
 * A property of a view: its archetype, the archetype's fields as a plain object, or a custom value. `null` clears it.
 */
export type PropertyLike<Fields, Value = never> = AsComponents | Fields | Value | null;

/** The part of an archetype's class that properties need. Its constructor accepts all forms of a property. */
interface PropertyClass {
  readonly archetype: string;
  new (value: never): AsComponents;
  cleared(): AsComponents;
}

/** A property of views: converts the values of users to components. */
export interface Property {
  /** The short name of the archetype, which is also the last part of the path. */
  readonly name: string;
  /** Converts a value. @throws {InvalidValueError} naming `argument` if the value has a wrong type */
  toComponents(value: unknown, argument: string): AsComponents;
}

/** Defines the property that is stored as an archetype. */
export function defineProperty(type: PropertyClass): Property {
  const name = shortName(type.archetype);
  return {
    name,
    toComponents(value, argument): AsComponents {
      if (value === null) return type.cleared();
      if (!isComponents(value)) return new type(value as never);
      if (archetypeNameOf(value) === type.archetype) return value;
      throw new InvalidValueError(`${name}, or its fields`, describeData(value), false, argument);
    },
  };
}

/** A value in a message: the name of its archetype, even if only some fields are updated. */
export function describeData(value: unknown): string {
  const archetype = isComponents(value) ? archetypeNameOf(value) : undefined;
  return archetype === undefined ? describeValue(value) : shortName(archetype);
}

/** Whether a value is an archetype, or something else that can be logged. */
export function isComponents(value: unknown): value is AsComponents {
  return typeof (value as AsComponents | undefined | null)?.asComponents === "function";
}

function shortName(archetype: string): string {
  return archetype.slice(archetype.lastIndexOf(".") + 1);
}
