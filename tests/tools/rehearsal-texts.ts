import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Facts } from "../../tools/definitions/model.ts";

/** A text about a type, or an object with texts about its parts. */
type Doc = string | { summary: string; [part: string]: unknown };
type Docs = Record<string, Doc>;

const PARTS = { fields: "field", values: "value", parameters: "parameter" };

/**
 * Removes the texts about types and parts that a release did not have from a copy of the repository, and adds texts
 * about types and parts that only this release had. Returns the messages that the generator must print about these
 * changes.
 */
export function takeTextsAway(root: string, before: Facts, after: Facts): string[] {
  const problems: string[] = [];
  for (const [file, kind] of [
    ["archetypes", "archetype"],
    ["components", "component"],
    ["encodings", "encoding"],
    ["views", "view"],
  ] as const) {
    const path = join(root, `definitions/docs/${file}.json`);
    const docs = JSON.parse(readFileSync(path, "utf8")) as Docs;
    const [old, now] = [partsOf(before[file]), partsOf(after[file])];
    for (const [name, doc] of Object.entries(docs)) {
      const known = old.get(name);
      if (known === undefined) {
        problems.push(missing(kind, name));
        delete docs[name];
      }
      for (const [part, texts] of partsIn(doc)) {
        for (const key of Object.keys(texts)) {
          if (known?.has(key) === true) continue;
          problems.push(missing(PARTS[part], `${name}.${key}`));
          delete texts[key];
        }
      }
    }
    for (const name of old.keys()) {
      if (now.has(name)) continue;
      docs[name] = kind === "view" ? { summary: "Old.", parameters: {} } : "Old.";
      problems.push(`docs/${file}.json: there is no ${kind === "view" ? "view " : ""}${name}`);
    }
    writeFileSync(path, JSON.stringify(docs));
  }
  return problems;
}

function missing(kind: string, name: string): string {
  return `definitions/docs has no text for the ${kind} ${name}`;
}

/** The fields, values and parameters of each type. */
function partsOf(entries: readonly object[]): Map<string, ReadonlySet<string>> {
  return new Map(
    entries.map((entry) => {
      const { name, classIdentifier, fields, arrow, enum: values, parameters } = entry as Entry;
      const named = [...(fields ?? []), ...(arrow?.fields ?? [])].map((field) => field.name);
      const parts = [...named, ...Object.keys(values ?? {}), ...(parameters ?? [])];
      return [name ?? classIdentifier ?? "", new Set(parts)];
    }),
  );
}

/** The properties that the entries of all files have in common. */
interface Entry {
  readonly name?: string;
  readonly classIdentifier?: string;
  readonly fields?: readonly { readonly name: string }[];
  readonly arrow?: { readonly fields?: readonly { readonly name: string }[] };
  readonly enum?: Readonly<Record<string, number>>;
  readonly parameters?: readonly string[];
}

function partsIn(doc: Doc): (readonly [part: keyof typeof PARTS, texts: Record<string, string>])[] {
  if (typeof doc === "string") return [];
  return (Object.keys(PARTS) as (keyof typeof PARTS)[]).flatMap((part) => {
    const texts = doc[part] as Record<string, string> | undefined;
    return texts === undefined ? [] : [[part, texts] as const];
  });
}
