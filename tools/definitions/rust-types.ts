import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ArrowDefinition, EnumValues } from "../codegen/model.ts";
import type { Crates } from "./crates.ts";
import type { EncodingEntry } from "./model.ts";
import { readArrowType } from "./rust-arrow.ts";

/** A component or an encoding as its generated Rust file declares it. */
interface RustType {
  readonly name: string;
  /** The full name, e.g. `rerun.components.Color`. */
  readonly fullName: string;
  /** The body of `arrow_data_type()`; components that wrap an encoding have none. */
  readonly arrowBody: string | undefined;
  readonly enum: EnumValues | undefined;
}

/** The types of a Rerun release by their Rust files. */
export class RustTypes {
  readonly #components: ReadonlyMap<string, RustType>;
  readonly #encodings: ReadonlyMap<string, RustType>;

  constructor(crates: Crates) {
    this.#components = readTypes(crates, "components");
    this.#encodings = readTypes(crates, "encodings");
  }

  /** The full name of a component. */
  componentName(name: string): string {
    return need(this.#components.get(name), `component ${name}`).fullName;
  }

  /** The Arrow type of a component that does not wrap an encoding. */
  componentArrow(name: string): ArrowDefinition {
    return this.#arrowOf(need(this.#components.get(name), `component ${name}`));
  }

  /** All encodings. */
  encodings(): EncodingEntry[] {
    return [...this.#encodings.values()].map((type) => ({
      name: type.name,
      encoding: type.fullName,
      arrow: this.#arrowOf(type),
      ...(type.enum === undefined ? {} : { enum: type.enum }),
    }));
  }

  #arrowOf({ name, arrowBody }: RustType): ArrowDefinition {
    return readArrowType(need(arrowBody, `arrow_data_type() of ${name}`), (path) => {
      const type = need(this.#encodings.get(path.slice(path.lastIndexOf(":") + 1)), `encoding ${path}`);
      return { encoding: type.fullName, arrow: this.#arrowOf(type) };
    });
  }
}

/** All generated files of a kind, in both crates, of data and of blueprints: short name → type. */
function readTypes(crates: Crates, kind: "components" | "encodings"): Map<string, RustType> {
  const folders = [
    [join(crates.re_types_core, "src", kind), `rerun.${kind}`],
    [join(crates.re_sdk_types, "src", kind), `rerun.${kind}`],
    [join(crates.re_sdk_types, "src/blueprint", kind), `rerun.blueprint.${kind}`],
  ] as const;
  const types = new Map<string, RustType>();
  for (const [folder, scope] of folders) {
    for (const file of readdirSync(folder)) {
      if (file === "mod.rs" || file.endsWith("_ext.rs")) continue;
      const source = readFileSync(join(folder, file), "utf8");
      const name = need(/^pub (?:struct|enum) (\w+)/m.exec(source)?.[1], `type in ${folder}/${file}`);
      if (types.has(name)) throw new Error(`there are two ${kind} called ${name}`);
      types.set(name, { name, fullName: `${scope}.${name}`, arrowBody: arrowBodyOf(source), enum: enumOf(source) });
    }
  }
  return types;
}

function arrowBodyOf(source: string): string | undefined {
  return /fn arrow_data_type\(\) -> arrow::datatypes::DataType \{\s*use arrow::datatypes::\*;\n([\s\S]*?)\n {4}\}\n/.exec(
    source,
  )?.[1];
}

function enumOf(source: string): EnumValues | undefined {
  const body = /^pub enum \w+ \{\n([\s\S]*?)\n\}/m.exec(source)?.[1];
  const values = [...(body ?? "").matchAll(/^ {4}(\w+) = (\d+),$/gm)];
  // Unions are enums too, without numbers.
  return values.length === 0 ? undefined : Object.fromEntries(values.map(([, name, value]) => [name, Number(value)]));
}

function need<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Error(`there is no ${what} in Rerun's sources`);
  return value;
}
