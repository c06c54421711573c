import type { ArrowDefinition, ArrowField, LeafType } from "../codegen/model.ts";

/** The encoding that a path in Rust stands for, e.g. `crate::encodings::Vec3D`. */
export type ResolveEncoding = (path: string) => { readonly encoding: string; readonly arrow: ArrowDefinition };

const LEAVES: Readonly<Record<string, LeafType>> = { Boolean: "Bool" };

/**
 * Reads the body of a generated `arrow_data_type()`: an expression such as
 * `DataType::List(std::sync::Arc::new(Field::new("item", DataType::UInt8, false)))`.
 */
export function readArrowType(body: string, resolve: ResolveEncoding): ArrowDefinition {
  const parser = new ArrowParser(body, resolve);
  const { arrow } = parser.type();
  parser.end();
  return arrow;
}

/** A recursive-descent parser of the expressions that Rerun's generator writes. */
class ArrowParser {
  readonly #text: string;
  readonly #resolve: ResolveEncoding;
  #at = 0;

  constructor(body: string, resolve: ResolveEncoding) {
    // Without spaces and without commas before a closing bracket, the layout of the lines does not matter.
    this.#text = body.replace(/\s+/g, "").replace(/,([)\]])/g, "$1");
    this.#resolve = resolve;
  }

  type(): { readonly arrow: ArrowDefinition; readonly encoding?: string } {
    const path = this.#optional(/<([\w:]+)>::arrow_data_type\(\)/y);
    if (path !== undefined) return this.#resolve(path);
    const name = this.#take(/DataType::(\w+)/y);
    switch (name) {
      case "List":
        return { arrow: { type: "List", item: this.#boxedField(/\(/y, /\)/y) } };
      case "FixedSizeList": {
        const item = this.#boxedField(/\(/y, /,/y);
        return { arrow: { type: "FixedSizeList", size: Number(this.#take(/(\d+)\)/y)), item } };
      }
      case "Struct":
        this.#take(/(\(Fields::from\(vec!\[)/y);
        return { arrow: { type: "Struct", fields: this.#fields(/(\]\)\))/y) } };
      case "Union":
        return { arrow: this.#union() };
      default:
        return { arrow: { type: LEAVES[name] ?? (name as LeafType) } };
    }
  }

  end(): void {
    if (this.#at < this.#text.length) this.#fail("the end");
  }

  #union(): ArrowDefinition {
    const typeIds = this.#take(/\(UnionFields::try_new\(vec!\[([\d,]+)\],vec!\[/y)
      .split(",")
      .map(Number);
    const fields = this.#fields(/(\]\))/y);
    const mode = this.#take(/(?:\.expect\("[^"]*"\))?,UnionMode::(\w+)\)/y);
    return { type: "Union", mode: mode.toLowerCase(), typeIds, fields };
  }

  #boxedField(before: RegExp, after: RegExp): ArrowField {
    this.#skip(before);
    this.#skip(/std::sync::Arc::new\(/y);
    const field = this.#field();
    this.#skip(/\)/y);
    this.#skip(after);
    return field;
  }

  #fields(end: RegExp): ArrowField[] {
    const fields = [this.#field()];
    while (this.#optional(/(,)/y) !== undefined) fields.push(this.#field());
    this.#take(end);
    return fields;
  }

  #field(): ArrowField {
    const name = this.#take(/Field::new\("(\w+)",/y);
    const { arrow, encoding } = this.type();
    const nullable = this.#take(/,(true|false)\)/y) === "true";
    return { name, ...(encoding === undefined ? {} : { encoding }), ...arrow, nullable };
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) this.#fail(pattern.source);
    this.#at = pattern.lastIndex;
  }

  #take(pattern: RegExp): string {
    return this.#optional(pattern) ?? this.#fail(pattern.source);
  }

  /** The first group of a sticky pattern, if it matches here. */
  #optional(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at = pattern.lastIndex;
    return match[1];
  }

  #fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 60);
    throw new Error(`an Arrow type is written in a new way: expected ${expected}, found ${JSON.stringify(found)}`);
  }
}
