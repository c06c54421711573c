import { RerunError } from "@rerun-ts/core";
import { FIELDS, VIEWS, VISUALIZERS } from "../gen/layout-names.ts";
import {
  IDENTIFIER,
  call,
  isEmptyObject,
  listExpression,
  object,
  textExpression,
  type Expression,
} from "./expression.ts";
import { camelCase } from "./literals.ts";
import { stringsOption, type StoredLayout } from "./stored-layout.ts";

const KINDS = ["Tabs", "Horizontal", "Vertical", "Grid"];
/** Containers may be in each other so deep. */
const MAX_DEPTH = 100;
const CONTAINER = "ContainerBlueprint";
/** Fields of single kinds of containers. */
const OF_KINDS = ["active_tab", "col_shares", "row_shares", "grid_columns"];
const VIEW = "ViewBlueprint";
const [ARCHETYPES, OF_BLUEPRINTS] = ["rerun.archetypes.", "rerun.blueprint.archetypes."];

/** A part of a layout: its code, and its parts if it is tabs without options. */
export interface LayoutCode {
  readonly code: Expression;
  readonly plainTabs?: readonly Expression[];
}

/** Writes views and containers as the classes of this SDK. */
export class LayoutParts {
  readonly #layout: StoredLayout;
  readonly #seen = new Set<string>();

  constructor(layout: StoredLayout) {
    this.#layout = layout;
  }

  /**
   * A view or container by its path without a slash. `undefined` if it is missing, or if another container has it
   * already.
   * @throws {RerunError} `UNSUPPORTED` if containers are nested too deeply
   */
  part(path: string, depth = 0): LayoutCode | undefined {
    const place = `/${path}`;
    if (this.#seen.has(place) || !this.#layout.has(place)) return undefined;
    this.#seen.add(place);
    if (path.startsWith("view/")) return { code: this.#view(place) };
    if (depth > MAX_DEPTH)
      throw new RerunError("UNSUPPORTED", `the layout has over ${MAX_DEPTH} containers in each other`);
    return this.#container(place, depth);
  }

  #container(path: string, depth: number): LayoutCode {
    const layout = this.#layout;
    const value = (name: string): Expression | undefined => layout.single(path, `${CONTAINER}:${name}`);
    const children = (layout.strings(path, `${CONTAINER}:contents`) ?? []).map(withoutSlash);
    const shown = children.flatMap((child) => {
      const part = this.part(child, depth + 1);
      return part === undefined ? [] : [{ child, code: part.code }];
    });
    const kindName = value("container_kind");
    const kind = KINDS.find((name) => textExpression(name) === kindName) ?? "Tabs";
    const active = withoutSlash(layout.strings(path, `${CONTAINER}:active_tab`)?.[0] ?? "");
    const activeIndex = shown.findIndex(({ child }) => child === active);
    // Properties of other kinds of containers have no effect.
    layout.ignore(path, ...OF_KINDS.map((name) => `${CONTAINER}:${name}`));
    const shares = (name: string): Expression | undefined => {
      const shareValues = layout.instances(path, `${CONTAINER}:${name}`) ?? [];
      return shareValues.length === 0 || (kind !== "Grid" && shareValues.length !== shown.length)
        ? undefined
        : listExpression(shareValues);
    };
    const options = object({
      name: value("display_name"),
      visible: value("visible"),
      activeTab: kind === "Tabs" && activeIndex >= 0 ? String(activeIndex) : undefined,
      columnShares: kind === "Horizontal" || kind === "Grid" ? shares("col_shares") : undefined,
      rowShares: kind === "Vertical" || kind === "Grid" ? shares("row_shares") : undefined,
      gridColumns: kind === "Grid" ? value("grid_columns") : undefined,
    });
    const contents = shown.map(({ code }) => code);
    const isPlain = isEmptyObject(options);
    const code = call(`new rrb.${kind}`, isPlain ? [listExpression(contents)] : [listExpression(contents), options]);
    return kind === "Tabs" && isPlain ? { code, plainTabs: contents } : { code };
  }

  #view(path: string): Expression {
    const layout = this.#layout;
    const value = (name: string): Expression | undefined => layout.single(path, `${VIEW}:${name}`);
    const identifier = layout.strings(path, `${VIEW}:class_identifier`)?.[0] ?? "";
    const viewClass = Object.hasOwn(VIEWS, identifier) ? VIEWS[identifier] : undefined;
    const properties = this.#properties(path);
    const isKnown =
      viewClass !== undefined && Object.keys(properties).every((name) => Object.hasOwn(viewClass.properties, name));
    const [origin, contents] = [value("space_origin"), layout.strings(`${path}/ViewContents`, "ViewContents:query")];
    const isDefault = contents?.length === 1 && contents[0] === "$origin/**";
    const options = {
      ...(isKnown ? {} : { classIdentifier: textExpression(identifier) }),
      origin: origin === textExpression("/") ? undefined : origin,
      contents: contents === undefined || isDefault ? undefined : stringsOption(contents),
      name: value("display_name"),
      visible: value("visible"),
      titlebar: value("titlebar"),
      ...(isKnown
        ? Object.fromEntries(
            Object.entries(properties).map(([name, { fields }]) => [viewClass.properties[name], fields]),
          )
        : { properties: orNothing(object(mapValues(properties, ({ code }) => code))) }),
      defaults: this.#data(`${path}/defaults`),
      overrides: this.#overrides(`${path}/ViewContents/overrides`),
    };
    const code = object(options);
    return call(`new rrb.${isKnown ? viewClass.class : "View"}`, isEmptyObject(code) ? [] : [code]);
  }

  /** The properties of a view by their archetypes. */
  #properties(path: string): Record<string, { readonly fields: Expression; readonly code: Expression }> {
    const found: Record<string, { fields: Expression; code: Expression }> = {};
    for (const place of this.#layout.below(path)) {
      const name = place.slice(path.length + 1);
      if (!IDENTIFIER.test(name) || name === "ViewContents" || name === "defaults") continue;
      const archetype = `${OF_BLUEPRINTS}${name}`;
      const components = this.#layout.archetypes(place).get(archetype);
      if (components === undefined || !Object.hasOwn(FIELDS, archetype)) continue;
      const fields = this.#fields(place, archetype, components);
      found[name] = { fields, code: call(`rrb.${name}.fromFields`, [fields]) };
    }
    return found;
  }

  /** The archetypes at a path in the form of an option: one, or a list. `undefined` if there are none. */
  #data(path: string, skipped = ""): Expression | undefined {
    const all: Expression[] = [];
    for (const [archetype, components] of this.#layout.archetypes(path)) {
      const code = archetype === skipped ? undefined : this.#archetype(path, archetype, components);
      if (code !== undefined) all.push(code);
    }
    const [only] = all;
    return only === undefined || all.length > 1 ? orNothing(listExpression(all)) : only;
  }

  #archetype(path: string, archetype: string, components: readonly string[]): Expression | undefined {
    const isOfBlueprints = archetype.startsWith(OF_BLUEPRINTS);
    if (!Object.hasOwn(FIELDS, archetype)) return undefined;
    const name = archetype.slice(archetype.lastIndexOf(".") + 1);
    const fields = this.#fields(path, archetype, components);
    return isEmptyObject(fields) ? undefined : call(`${isOfBlueprints ? "rrb" : "rr"}.${name}.fromFields`, [fields]);
  }

  /** Components as the fields of their archetype. Fields that its class lacks are omitted. */
  #fields(path: string, archetype: string, components: readonly string[]): Expression {
    const entries = components.flatMap((name) => {
      const field = name.slice(name.indexOf(":") + 1);
      return FIELDS[archetype]?.includes(field) === true ? [[camelCase(field), this.#layout.value(path, name)]] : [];
    });
    return object(Object.fromEntries(entries) as Record<string, Expression | undefined>);
  }

  /** The overrides of a view, by entity. */
  #overrides(folder: string): Expression | undefined {
    const overrides: Record<string, Expression> = {};
    for (const path of this.#layout.below(folder)) {
      const entity = /^(.*)\/visualizers$/.exec(path.slice(folder.length))?.[1];
      if (entity === undefined) continue;
      const ids = this.#layout.uuids(path, "ActiveVisualizers:instruction_ids");
      const all = [
        ...ids.map((id) => this.#visualizer(`${path}/${id}`)),
        ...[...this.#layout.archetypes(path)]
          .filter(([archetype]) => archetype !== `${OF_BLUEPRINTS}ActiveVisualizers`)
          .map(([archetype, components]) => this.#archetype(path, archetype, components)),
      ].filter((code) => code !== undefined);
      const [only] = all;
      if (only !== undefined) overrides[entity === "" ? "/" : entity] = all.length === 1 ? only : listExpression(all);
    }
    return orNothing(object(overrides));
  }

  /** A visualizer, or the archetype that represents it. */
  #visualizer(path: string): Expression | undefined {
    const type = this.#layout.strings(path, "VisualizerInstruction:visualizer_type")?.[0];
    if (type === undefined) return undefined;
    const mappings = this.#layout.instances(path, "VisualizerInstruction:component_map");
    const instruction = `${OF_BLUEPRINTS}VisualizerInstruction`;
    const archetypes = [...this.#layout.archetypes(path).keys()].filter((name) => name !== instruction);
    const overrides = this.#data(path, instruction);
    const isAlone = archetypes.length === 1 && archetypes[0] === `${ARCHETYPES}${type}` && VISUALIZERS.includes(type);
    if (isAlone && mappings === undefined && overrides !== undefined) return overrides;
    const options = object({ overrides, mappings: mappings && listExpression(mappings) });
    return call(
      "new rrb.Visualizer",
      isEmptyObject(options) ? [textExpression(type)] : [textExpression(type), options],
    );
  }
}

/** A path in this SDK's form. The viewer writes it with a leading slash. */
function withoutSlash(path: string): string {
  return path.replace(/^\//, "");
}

/** An object or list, unless it is empty. */
function orNothing(value: Expression): Expression | undefined {
  const isEmpty = typeof value === "object" && ("items" in value ? value.items.length === 0 : isEmptyObject(value));
  return isEmpty ? undefined : value;
}

function mapValues<Value>(
  values: Readonly<Record<string, Value>>,
  convert: (value: Value) => Expression,
): Record<string, Expression> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, convert(value)]));
}
