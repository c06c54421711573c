import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { root } from "../../../tools/lib/run.mjs";

interface ArchetypeDefinition {
  readonly name: string;
  readonly archetype: string;
  readonly fields: readonly { readonly name: string }[];
}

/** The fields of the archetypes that this SDK exports of which none of these files holds an instance. */
export function uncoveredFields(files: readonly Readonly<Record<string, number>>[]): string[] {
  const definitions = JSON.parse(
    readFileSync(join(root, "definitions/archetypes.json"), "utf8"),
  ) as ArchetypeDefinition[];
  const exported = new Set(Object.values(rr).flatMap((value) => (typeof value === "function" ? nameOf(value) : [])));
  if (exported.size === 0) throw new Error("no archetype was found among the exports");
  return definitions
    .filter(({ archetype }) => exported.has(archetype))
    .flatMap(({ name, fields }) => fields.map((field) => `${name}:${field.name}`))
    .filter((component) => files.every((components) => (components[component] ?? 0) === 0));
}

/** The name of the archetype that a class stands for. */
function nameOf(exported: object): string[] {
  return "archetype" in exported && typeof exported.archetype === "string" ? [exported.archetype] : [];
}
