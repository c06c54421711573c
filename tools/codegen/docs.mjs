import { camelCase } from "./names.mjs";

/** The doc comments, in our own words. Every lookup throws if there is none. */
export class Docs {
  #archetypes;
  #components;
  #encodings;

  constructor(archetypes, components, encodings) {
    this.#archetypes = archetypes;
    this.#components = components;
    this.#encodings = encodings;
  }

  /** `{ summary, examples, field(name) }`; each example is a list of lines. */
  archetype(name) {
    const { summary, example = [], fields } = need(this.#archetypes[name], "archetype", name);
    const field = (native) => inCamelCase(need(fields[native], "field", `${name}.${native}`));
    return { summary: inCamelCase(summary), examples: splitExamples(example), field };
  }

  component(name) {
    return typeDoc(need(this.#components[name], "component", name), name);
  }

  encoding(name) {
    return typeDoc(need(this.#encodings[name], "encoding", name), name);
  }
}

/** `{ summary, values, field(name) }`; `values` are those of an enumeration. */
function typeDoc(doc, name) {
  const { summary, values = {}, fields = {} } = typeof doc === "string" ? { summary: doc } : doc;
  const field = (native) => inCamelCase(need(fields[native], "field", `${name}.${native}`));
  return { summary: inCamelCase(summary), values, field };
}

function splitExamples(lines) {
  const examples = [[]];
  for (const line of lines) {
    if (line === "@example") examples.push([]);
    else examples.at(-1).push(line);
  }
  return examples.filter((example) => example.length > 0);
}

/** Fields are called here as users write them. */
function inCamelCase(text) {
  return text.replace(/`([a-z\d]+(?:_[a-z\d]+)+)`/g, (_, name) => `\`${camelCase(name)}\``);
}

function need(text, kind, name) {
  if (text === undefined) throw new Error(`definitions/docs says nothing of the ${kind} ${name}`);
  return text;
}
