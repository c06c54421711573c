import { GapError, type Gap } from "./gaps.ts";
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

/**
 * `definitions/docs/views.json`, by class identifier; `parameters` has the parameters that are not common to all views.
 */
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

/** The generator calls this function with each gap, and goes on without the missing part. */
export type OnGap = (gap: Gap) => void;

/** The doc comments, in this project's own words. Every lookup throws a {@link GapError} if there is none. */
export class Docs implements DocTexts {
  readonly #archetypes: ArchetypeDocsFile;
  readonly #components: TypeDocsFile;
  readonly #encodings: TypeDocsFile;
  readonly #views: ViewDocsFile;
  readonly #onGap: OnGap;

  /** @param onGap default: throw */
  constructor(
    archetypes: ArchetypeDocsFile,
    components: TypeDocsFile,
    encodings: TypeDocsFile,
    views: ViewDocsFile,
    onGap: OnGap = refuse,
  ) {
    this.#archetypes = archetypes;
    this.#components = components;
    this.#encodings = encodings;
    this.#views = views;
    this.#onGap = onGap;
  }

  archetype(name: string): ArchetypeDoc {
    const file = "archetypes";
    const none: ArchetypeDocsFile[string] = { summary: "", fields: {} };
    const { summary, example = [], fields } = this.#need(this.#archetypes[name], file, "archetype", name, none);
    return {
      summary: inCamelCase(summary),
      examples: splitExamples(example),
      field: (field) => inCamelCase(this.#need(fields[field], file, "field", `${name}.${field}`, "")),
    };
  }

  component(name: string): TypeDoc {
    return this.#type(this.#need(this.#components[name], "components", "component", name, ""), "components", name);
  }

  encoding(name: string): TypeDoc {
    return this.#type(this.#need(this.#encodings[name], "encodings", "encoding", name, ""), "encodings", name);
  }

  view(identifier: string): ViewDoc {
    const file = "views";
    const none: ViewDocsFile[string] = { summary: "", example: [], parameters: {} };
    const { summary, example, parameters } = this.#need(this.#views[identifier], file, "view", identifier, none);
    return {
      summary,
      examples: splitExamples(example),
      parameter: (name) => this.#need(parameters[name], file, "parameter", `${identifier}.${name}`, ""),
    };
  }

  #type(doc: TypeDocsFile[string], file: string, name: string): TypeDoc {
    const { summary, values = {}, fields = {} } = typeof doc === "string" ? { summary: doc } : doc;
    return {
      summary: inCamelCase(summary),
      value: (value) => this.#need(values[value], file, "value", `${name}.${value}`, ""),
      field: (field) => inCamelCase(this.#need(fields[field], file, "field", `${name}.${field}`, "")),
    };
  }

  #need<Doc>(doc: Doc | undefined, file: string, kind: string, name: string, none: Doc): Doc {
    if (doc !== undefined) return doc;
    this.#onGap({
      file: `definitions/docs/${file}.json`,
      problem: `definitions/docs has no text for the ${kind} ${name}`,
      todo: "describe it in your own words",
    });
    return none;
  }
}

function refuse(gap: Gap): never {
  throw new GapError([gap]);
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
