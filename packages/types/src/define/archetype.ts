import { ComponentColumn, ComponentColumnList, type AsComponents, type RowWriter } from "@rerun-ts/core";
import {
  NullBuilder,
  describeValue,
  InvalidValue,
  type ComponentField,
  type FieldWriter,
} from "@rerun-ts/core/internal";
import type { Component } from "./encoding.ts";

/** Values of an archetype's fields by name: `undefined` is not written, `null` and an empty list clear the field. */
export type FieldValues = Readonly<Record<string, unknown>>;

/** An archetype's fields. */
export interface ArchetypeDefinition {
  /** The full name, e.g. `rerun.archetypes.Points3D`. */
  readonly archetype: string;
  readonly byName: ReadonlyMap<string, ComponentField>;
  /** The first field, if it is an argument of its own. */
  readonly positional: ComponentField | undefined;
  /** The fields as updates write them: not counted against the required one, which an update need not bring. */
  readonly updates: ReadonlyMap<string, ComponentField>;
  /** The other fields that must be there. */
  readonly required: readonly NamedField[];
}

interface NamedField {
  readonly name: string;
  readonly field: ComponentField;
}

/** A field as the generated files give it: its name here, its name in Rerun, its component, whether it is required. */
export type FieldDefinition = readonly [
  name: string,
  nativeName: string,
  component: Component<never>,
  required?: "required",
];

/** The same properties, each of which may be absent. */
export type AllOptional<Options> = { [Name in keyof Options]?: Options[Name] | undefined };

/** Options of `fromFields`. */
export interface FromFieldsOptions {
  /** Also clear all fields that are not given. Default `false`. */
  clearUnset?: boolean | undefined;
}

/** Puts an archetype's fields together. */
export function defineArchetype(
  archetype: string,
  definitions: readonly FieldDefinition[],
  isPositional: boolean,
): ArchetypeDefinition {
  const shortName = archetype.slice(archetype.lastIndexOf(".") + 1);
  const named = definitions.map(([name, nativeName, component, required]): [string, ComponentField] => [
    name,
    {
      descriptor: { component: `${shortName}:${nativeName}`, archetype, componentType: component.name },
      type: component,
      label: `${shortName}.${name}`,
      isRequired: required === "required",
    },
  ]);
  const positional = isPositional ? named[0]?.[1] : undefined;
  return {
    archetype,
    byName: new Map(named),
    positional,
    updates: new Map(named.map(([name, field]) => [name, { ...field, isRequired: false }])),
    required: named
      .filter(([, field]) => field.isRequired === true && field !== positional)
      .map(([name, field]) => ({ name, field })),
  };
}

/** What all archetypes have in common: they refer to their values, which are looked at when they are logged. */
export abstract class Archetype implements AsComponents {
  readonly #definition: ArchetypeDefinition;
  readonly #first: unknown;
  readonly #options: FieldValues | undefined;

  /**
   * @param first the positional argument, which is the first field; `undefined` if there is none
   * @param options the other fields
   */
  protected constructor(definition: ArchetypeDefinition, first: unknown, options: object | undefined) {
    this.#definition = definition;
    this.#first = first;
    this.#options = options as FieldValues | undefined;
  }

  asComponents(row: RowWriter): void {
    const options = this.#options;
    writeFields(
      row as FieldWriter,
      this.#definition,
      this.#first,
      options === undefined ? undefined : this.expand(options),
    );
  }

  /** The fields beside the positional argument. Throws `InvalidValue`. */
  protected get values(): FieldValues {
    return this.expand(this.#options ?? {});
  }

  /** Turns conveniences into fields. */
  protected expand(options: FieldValues): FieldValues {
    return options;
  }
}

/** Writes the fields that are there. Throws `InvalidValue` if there are others than the archetype's. */
function writeFields(
  row: FieldWriter,
  definition: ArchetypeDefinition,
  first: unknown,
  options: FieldValues | undefined,
): void {
  const { positional, required, byName } = definition;
  if (positional !== undefined) {
    if (first === undefined) throw new InvalidValue("given (null clears it)", "undefined", false, positional.label);
    row.field(positional, first);
  }
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw new InvalidValue("given its fields as an object", describeValue(options), false, shortNameOf(definition));
  }
  // Other fields are counted against the required ones.
  for (let index = 0; index < required.length; index++) {
    const { name, field } = required[index] as NamedField;
    const value = options[name];
    if (value !== undefined) row.field(field, value);
  }
  for (const name in options) {
    const field = byName.get(name);
    if (field === undefined) throw unknownField(definition, name);
    const value = options[name];
    if (value !== undefined && (field.isRequired !== true || field === positional)) row.field(field, value);
  }
}

/** For `X.fromFields`: only what is given is written, so that the other fields keep their values. */
export function updateOf(definition: ArchetypeDefinition, fields: object, options?: FromFieldsOptions): AsComponents {
  return {
    asComponents(row: RowWriter): void {
      const values = fields as FieldValues;
      for (const name in values) if (!definition.byName.has(name)) throw unknownField(definition, name);
      for (const [name, field] of definition.updates) {
        const value = values[name] ?? (options?.clearUnset === true ? null : values[name]);
        if (value !== undefined) (row as FieldWriter).field(field, value);
      }
    },
  };
}

/** For `X.columns`. */
export function columnsOf(definition: ArchetypeDefinition, fields: object): ComponentColumnList {
  const columns: ComponentColumn[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    columns.push(new ComponentColumn(definition.byName.get(name) ?? unknownColumn(definition, name), value));
  }
  return new ComponentColumnList(columns);
}

function unknownField(definition: ArchetypeDefinition, name: string): InvalidValue {
  const names = [...definition.byName.keys()].join(", ");
  return new InvalidValue(`given no other fields than ${names}`, `\`${name}\``, false, shortNameOf(definition));
}

/** A column that is refused when it is sent: making columns never throws. */
function unknownColumn(definition: ArchetypeDefinition, name: string): ComponentField {
  return {
    descriptor: { component: `${shortNameOf(definition)}:${name}` },
    label: shortNameOf(definition),
    type: {
      arrow: { type: "Null" },
      createBuilder: () => new NullBuilder(),
      append: () => {
        throw unknownField(definition, name);
      },
    },
  };
}

function shortNameOf({ archetype }: ArchetypeDefinition): string {
  return archetype.slice(archetype.lastIndexOf(".") + 1);
}
