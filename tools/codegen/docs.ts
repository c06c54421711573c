import type { ArchetypeDoc, DocTexts, TypeDoc, ViewDoc } from "./model.ts";
import { camelCase } from "./names.ts";

/** `definitions/docs/archetypes.json`; `example` has several examples, divided by lines `@example`. */
export type ArchetypeDocsFile = Readonly<
  Record<
    string,
    {
      readonly summary: string;
      readonly example?: readonly string[];
      readonly fields: Readonly<Record<string, string>>;
    }
  >
>;

/** `definitions/docs/components.json` and `encodings.json`; a text alone is a summary. */
export type TypeDocsFile = Readonly<
  Record<
    string,
    | string
    | {
        readonly summary: string;
        readonly values?: Readonly<Record<string, string>>;
        readonly fields?: Readonly<Record<string, string>>;
      }
  >
>;

/** `definitions/docs/views.json`, by class identifier; `parameters` has those that are not common to all views. */
export type ViewDocsFile = Readonly<
  Record<
    string,
    {
      readonly summary: string;
      readonly example: readonly string[];
      readonly parameters: Readonly<Record<string, string>>;
    }
  >
>;

/** The doc comments, in this project's own words. Every lookup throws if there is none. */
export class Docs implements DocTexts {
  readonly #archetypes: ArchetypeDocsFile;
  readonly #components: TypeDocsFile;
  readonly #encodings: TypeDocsFile;
  readonly #views: ViewDocsFile;

  constructor(archetypes: ArchetypeDocsFile, components: TypeDocsFile, encodings: TypeDocsFile, views: ViewDocsFile) {
    this.#archetypes = archetypes;
    this.#components = components;
    this.#encodings = encodings;
    this.#views = views;
  }

  archetype(name: string): ArchetypeDoc {
    const { summary, example = [], fields } = need(this.#archetypes[name], "archetype", name);
    return {
      summary: inCamelCase(summary),
      examples: splitExamples(example),
      field: (nativeName) => inCamelCase(need(fields[nativeName], "field", `${name}.${nativeName}`)),
    };
  }

  component(name: string): TypeDoc {
    return typeDoc(need(this.#components[name], "component", name), name);
  }

  encoding(name: string): TypeDoc {
    return typeDoc(need(this.#encodings[name], "encoding", name), name);
  }

  view(classIdentifier: string): ViewDoc {
    const { summary, example, parameters } = need(this.#views[classIdentifier], "view", classIdentifier);
    return {
      summary,
      examples: splitExamples(example),
      parameter: (name) => need(parameters[name], "parameter", `${classIdentifier}.${name}`),
    };
  }
}

function typeDoc(doc: TypeDocsFile[string], name: string): TypeDoc {
  const { summary, values = {}, fields = {} } = typeof doc === "string" ? { summary: doc } : doc;
  return {
    summary: inCamelCase(summary),
    values,
    field: (nativeName) => inCamelCase(need(fields[nativeName], "field", `${name}.${nativeName}`)),
  };
}

function splitExamples(lines: readonly string[]): string[][] {
  let current: string[] = [];
  const examples = [current];
  for (const line of lines) {
    if (line === "@example") examples.push((current = []));
    else current.push(line);
  }
  return examples.filter((example) => example.length > 0);
}

/** Spells field names as users write them. */
function inCamelCase(text: string): string {
  return text.replace(/`([a-z\d]+(?:_[a-z\d]+)+)`/g, (_, name: string) => `\`${camelCase(name)}\``);
}

function need<Doc>(doc: Doc | undefined, kind: string, name: string): Doc {
  if (doc === undefined) throw new Error(`definitions/docs has no text for the ${kind} ${name}`);
  return doc;
}
