import * as rr from "@rerun-ts/node";
import { ARCHETYPES, COMPONENTS, camelCase } from "@rerun-ts/test-support/node/definitions";

/** The properties that all archetypes have in common. */
export interface ArchetypeClass {
  readonly archetype: string;
  fromFields(fields: Readonly<Record<string, unknown>>): rr.types.AsComponents;
  columns(fields: Readonly<Record<string, unknown>>): rr.ComponentColumnList;
}

/** A field of an archetype of this SDK. */
export interface BuiltInField {
  readonly Class: ArchetypeClass;
  /** Its name here. */
  readonly name: string;
  readonly component: rr.types.Component<never>;
  /** The encoding of its values, or if that has no name, the component type. */
  readonly encoding: string;
}

const FIELDS = readFields();

/** Returns the field for a component such as `Points3D:colors`; `undefined` if the component is not a field. */
export function findField(component: string): BuiltInField | undefined {
  return FIELDS.get(component);
}

/** Returns a component type by its full name; `undefined` if it is not a type of Rerun. */
export function findComponent(fullName: string): rr.types.Component<never> | undefined {
  return Object.values(rr.components).find(({ name }) => name === fullName);
}

function readFields(): ReadonlyMap<string, BuiltInField> {
  const classes = new Map([...Object.values(rr), ...Object.values(rr.blueprint)].flatMap(classEntry));
  const encodings = new Map(COMPONENTS.map(({ component, encoding }) => [component, encoding]));
  const fields = ARCHETYPES.flatMap(({ name, archetype, fields: own }) => {
    return own.map((field): [string, BuiltInField] => [
      `${name}:${field.name}`,
      {
        Class: known(classes.get(archetype), archetype),
        name: camelCase(field.name),
        component: known(findComponent(field.component), field.component),
        encoding: encodings.get(field.component) ?? field.component,
      },
    ]);
  });
  return new Map(fields);
}

function classEntry(exported: unknown): [string, ArchetypeClass][] {
  if (typeof exported !== "function" || !("archetype" in exported)) return [];
  const archetype = exported as unknown as ArchetypeClass;
  return [[archetype.archetype, archetype]];
}

function known<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`${name} is not exported`);
  return value;
}
