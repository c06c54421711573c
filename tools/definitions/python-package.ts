import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, promisify } from "node:util";
import type { ArrowDefinition, EnumValues } from "../codegen/model.ts";
import type { Facts, ViewEntry } from "./model.ts";

const PROGRAM = fileURLToPath(new URL("introspect.py", import.meta.url));

/** The facts of Rerun's Python package about its types. */
export interface PythonPackage {
  readonly version: string;
  readonly archetypes: readonly PythonArchetype[];
  readonly components: readonly PythonType[];
  readonly encodings: readonly PythonType[];
  readonly views: readonly Pick<ViewEntry, "classIdentifier" | "pythonClass" | "parameters">[];
}

/** An archetype. Its required fields come first. */
export interface PythonArchetype {
  readonly name: string;
  readonly archetype: string;
  readonly fields: readonly { readonly name: string; readonly component: string }[];
}

/** A component or an encoding. */
export interface PythonType {
  readonly name: string;
  readonly component?: string;
  /** The full name of an encoding, or of the encoding of a component. */
  readonly encoding?: string | null;
  readonly unstable?: boolean;
  readonly arrow: ArrowDefinition;
  readonly enum?: EnumValues;
}

/** Asks the package that is installed for a Python interpreter. */
export async function readPythonPackage(python: string): Promise<PythonPackage> {
  const { stdout } = await promisify(execFile)(python, [PROGRAM], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout) as PythonPackage;
}

/** Returns the differences between the definitions and the Python package, one line each. */
export function pythonDifferences(facts: Facts, { archetypes, components, encodings, views }: PythonPackage): string[] {
  return [
    ...differences("archetype", facts.archetypes.map(comparableArchetype), archetypes.map(comparableArchetype)),
    ...differences("component", facts.components.map(comparableType), components.map(comparableType)),
    ...differences("encoding", facts.encodings.map(comparableType), encodings.map(comparableType)),
    ...differences("view", facts.views.map(comparableView), views.map(comparableView)),
  ];
}

/** A name, and the content for which both sides have facts. */
type Comparable = readonly [name: string, content: unknown];

function differences(kind: string, ours: readonly Comparable[], theirs: readonly Comparable[]): string[] {
  const [known, found] = [new Map(ours), new Map(theirs)];
  return [...new Set([...known.keys(), ...found.keys()])].flatMap((name) => {
    if (!found.has(name)) return [`the Python package has no ${kind} ${name}`];
    if (!known.has(name)) return [`the definitions have no ${kind} ${name}`];
    const [defined, said] = [known.get(name), found.get(name)];
    if (isDeepStrictEqual(defined, said)) return [];
    return [`the ${kind} ${name} is ${JSON.stringify(defined)}, in the Python package ${JSON.stringify(said)}`];
  });
}

/** The Python package lists required fields first. */
function comparableArchetype({ name, archetype, fields }: PythonArchetype): Comparable {
  const components = fields.map((field) => `${field.name}: ${field.component}`);
  return [name, { archetype, fields: components.sort() }];
}

function comparableType({ name, component, arrow, enum: values }: PythonType): Comparable {
  return [name, { component, arrow: withoutEncodings(arrow), enum: values }];
}

/** Arrow types name the encodings of nested fields in the definitions alone. */
function withoutEncodings(arrow: ArrowDefinition): unknown {
  return JSON.parse(JSON.stringify(arrow, (key, value: unknown) => (key === "encoding" ? undefined : value)));
}

function comparableView({ classIdentifier, pythonClass, parameters }: PythonPackage["views"][number]): Comparable {
  return [classIdentifier, { pythonClass, parameters }];
}
