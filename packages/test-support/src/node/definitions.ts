import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { root } from "@rerun-ts/test-support/node/environment";

export interface ArchetypeDefinition {
  readonly name: string;
  /** The full name. */
  readonly archetype: string;
  readonly fields: readonly FieldDefinition[];
}

/** A field of an archetype in definitions/. */
export interface FieldDefinition {
  readonly name: string;
  /** The full name of the component. */
  readonly component: string;
}

/** A component or an encoding in definitions/. */
export interface TypeDefinition {
  readonly name: string;
  /** The full name of a component. */
  readonly component?: string;
  /** The full name of an encoding, or the full name of a component's encoding. */
  readonly encoding?: string;
  /** The number of each name, if it is an enumeration. */
  readonly enum?: Readonly<Record<string, number>>;
}

/** The common interface of the classes of all archetypes. */
export interface ArchetypeClass {
  cleared(): rr.types.AsComponents;
  fromFields(fields: Readonly<Record<string, unknown>>, options?: { clearUnset?: boolean }): rr.types.AsComponents;
  columns(fields: Readonly<Record<string, unknown>>): rr.ComponentColumnList;
}

export const ARCHETYPES = read("archetypes") as readonly ArchetypeDefinition[];
export const COMPONENTS = read("components") as readonly TypeDefinition[];
export const ENCODINGS = read("encodings") as readonly TypeDefinition[];

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(root, `definitions/${name}.json`), "utf8"));
}

export function archetypeClass({ name, archetype }: ArchetypeDefinition): ArchetypeClass {
  const classes: object = archetype.includes(".blueprint.") ? rr.blueprint : rr;
  return classes[name as keyof typeof classes];
}

/** The component or encoding with a full name. */
export function typeDefinition(fullName: string): TypeDefinition {
  const found =
    COMPONENTS.find(({ component }) => component === fullName) ??
    ENCODINGS.find(({ encoding }) => encoding === fullName);
  if (found === undefined) throw new Error(`there is no ${fullName}`);
  return found;
}

/** Converts a name to TypeScript: `half_sizes` to `halfSizes`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

/** The values of all fields of an archetype, by their names in TypeScript. */
export function fieldsOf(
  { fields }: ArchetypeDefinition,
  valueOf: (field: FieldDefinition) => unknown,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fields.map((field) => [camelCase(field.name), valueOf(field)]));
}
