import type { AsComponents } from "@rerun-ts/core";
import { InvalidValueError, describeValue } from "@rerun-ts/core/internal";
import { archetypeNameOf } from "@rerun-ts/types/internal";

/**
 * A property of a view: its archetype, that archetype's fields as a plain object, or a value of its own. `null` clears it.
 */
export type PropertyLike<Fields, Value = never> = AsComponents | Fields | Value | null;

/** The fields of a property, as users write them. */
export type PropertyFields = Readonly<Record<string, unknown>>;

/** What is needed of the class of an archetype. */
interface PropertyClass {
  readonly archetype: string;
  fromFields(fields: object): AsComponents;
  cleared(): AsComponents;
}

/** The other forms of a property. */
export interface PropertyForms {
  /** The field that a value which is no plain object stands for. */
  readonly shorthand?: string;
  /** A key of plain objects that are the value of that field too, and not fields. */
  readonly valueKey?: string;
  /** Converts all forms to fields; the last of all. */
  readonly expand?: (fields: PropertyFields) => PropertyFields;
  /** The fields of a value, instead of `shorthand`; `undefined` if it is none of its forms. */
  readonly fieldsOf?: (value: unknown) => PropertyFields | undefined;
}

/** A property of views: converts what users write to components. */
export interface Property {
  /** The short name of the archetype, which is also the last part of the path. */
  readonly name: string;
  /** Converts a value. @throws {InvalidValueError} naming `argument` if it is of a wrong type */
  toComponents(value: unknown, argument: string): AsComponents;
}

/** Defines the property that is stored as an archetype. */
export function defineProperty(type: PropertyClass, forms: PropertyForms = {}): Property {
  const name = type.archetype.slice(type.archetype.lastIndexOf(".") + 1);
  const { shorthand, valueKey, expand, fieldsOf } = forms;
  const toFields = (value: unknown): PropertyFields | undefined => {
    const fields = fieldsOf?.(value);
    if (fields !== undefined) return fields;
    if (isPlainObject(value) && (valueKey === undefined || !(valueKey in value))) return value;
    return shorthand === undefined ? undefined : { [shorthand]: value };
  };
  return {
    name,
    toComponents(value, argument): AsComponents {
      if (value === null) return type.cleared();
      if (isComponents(value)) {
        if (archetypeNameOf(value) === type.archetype) return value;
        throw new InvalidValueError(`${name}, or its fields`, describeValue(value), false, argument);
      }
      const fields = toFields(value);
      if (fields === undefined) {
        throw new InvalidValueError(`${name}, or its fields as an object`, describeValue(value), false, argument);
      }
      return type.fromFields(expand?.(fields) ?? fields);
    },
  };
}

/** Whether a value is an archetype, or something else that can be logged. */
export function isComponents(value: unknown): value is AsComponents {
  return typeof (value as AsComponents | undefined | null)?.asComponents === "function";
}

function isPlainObject(value: unknown): value is PropertyFields {
  return typeof value === "object" && value !== null && !(Symbol.iterator in value) && !isComponents(value);
}
