import type { AsComponents } from "@rerun-ts/core";
import { blueprint as rrb, escapeEntityPathPart } from "@rerun-ts/node";
import views from "../../definitions/views.json" with { type: "json" };
import { camelCase } from "@rerun-ts/test-support/node/definitions";
import { callsOf, type Call } from "./calls.ts";
import { rowOf } from "./data.ts";
import type { StoredStore } from "./goldens.ts";

type Part = rrb.View | rrb.Container;
type Kind = "Tabs" | "Horizontal" | "Vertical" | "Grid";

/** The classes of views, by their identifier. */
const VIEWS = new Map(
  views.map(({ classIdentifier, pythonClass }) => [
    classIdentifier,
    (rrb as unknown as Record<string, new (options: object) => rrb.View>)[pythonClass],
  ]),
);
const KINDS: readonly Kind[] = ["Tabs", "Horizontal", "Vertical", "Grid"];
const PANELS = {
  "/top_panel": rrb.TopPanel,
  "/blueprint_panel": rrb.BlueprintPanel,
  "/selection_panel": rrb.SelectionPanel,
};

/** A container with the options of all kinds: Python writes an active tab in all of them. */
class AnyContainer extends rrb.Container {
  constructor(kind: Kind, contents: readonly Part[], options: object) {
    super(kind, ["activeTab", "columnShares", "rowShares", "gridColumns"], contents, options);
  }
}

/** Builds the blueprint of a store with the classes of this SDK. Throws if it has something that they do not know. */
export function rebuildBlueprint(store: StoredStore): rrb.Blueprint | rrb.table.TableBlueprint {
  const rows = new StoredRows(store);
  if (rows.has("/table/layouts/table")) return rebuildTable(rows);
  const viewport = rows.fieldsOf("/viewport");
  const root = viewport["rootContainer"] as readonly [string] | undefined;
  const parts: (Part | rrb.Panel)[] = root === undefined ? [] : [partOf(rows, `container/${root[0]}`)];
  for (const [path, Panel] of Object.entries(PANELS)) {
    if (rows.has(path)) parts.push(new Panel(rows.fieldsOf(path)));
  }
  if (rows.has("/time_panel")) parts.push(new rrb.TimePanel(rows.fieldsOf("/time_panel")));
  const [autoLayout, autoViews] = [viewport["autoLayout"], viewport["autoViews"]].map((value) =>
    Array.isArray(value) ? (value[0] as boolean) : undefined,
  );
  const blueprint = new rrb.Blueprint(...(parts as rrb.BlueprintPart[]), { autoLayout, autoViews });
  rows.expectAllUsed();
  return blueprint;
}

/** The rows of a store by path, with a note of which were used. */
class StoredRows {
  readonly #calls = new Map<string, Call[]>();
  readonly #used = new Set<string>();

  constructor({ log }: StoredStore) {
    for (const call of callsOf(log)) {
      const { entity } = call.chunk;
      this.#calls.set(entity, [...(this.#calls.get(entity) ?? []), call]);
    }
  }

  has(path: string): boolean {
    return this.#calls.has(path);
  }

  /** The rows at a path, in their order. */
  at(path: string): readonly Call[] {
    this.#used.add(path);
    return this.#calls.get(path) ?? [];
  }

  /** The paths below another one. */
  below(path: string): readonly string[] {
    return [...this.#calls.keys()].filter((each) => each.startsWith(`${path}/`));
  }

  /** The values at a path, by the name of the field. */
  fieldsOf(path: string): Record<string, unknown> {
    const cells = this.at(path).flatMap((call) => [...call.cells]);
    return Object.fromEntries(
      cells.map(([component, [cell]]) => [camelCase(component.slice(component.indexOf(":") + 1)), cell]),
    );
  }

  expectAllUsed(): void {
    const left = [...this.#calls.keys()].filter((path) => !this.#used.has(path));
    if (left.length > 0) throw new Error(`not rebuilt: ${left.join(", ")}`);
  }
}

function partOf(rows: StoredRows, path: string): Part {
  return path.startsWith("view/") ? viewOf(rows, `/${path}`) : containerOf(rows, `/${path}`);
}

function containerOf(rows: StoredRows, path: string): rrb.Container {
  const fields = rows.fieldsOf(path) as Record<string, readonly unknown[] | undefined>;
  const contents = (fields["contents"] ?? []) as readonly string[];
  const active = fields["activeTab"]?.[0];
  return new AnyContainer(
    KINDS[(fields["containerKind"]?.[0] as number) - 1] as Kind,
    contents.map((child) => partOf(rows, child)),
    {
      name: fields["displayName"]?.[0],
      visible: fields["visible"]?.[0],
      columnShares: fields["colShares"],
      rowShares: fields["rowShares"],
      gridColumns: fields["gridColumns"]?.[0],
      activeTab: active === undefined ? undefined : contents.indexOf(active as string),
    },
  );
}

function viewOf(rows: StoredRows, path: string): rrb.View {
  const fields = rows.fieldsOf(path) as Record<string, readonly unknown[] | undefined>;
  const classIdentifier = fields["classIdentifier"]?.[0] as string;
  const options = {
    origin: fields["spaceOrigin"]?.[0] as string,
    contents: rows.fieldsOf(`${path}/ViewContents`)["query"] as readonly string[],
    name: fields["displayName"]?.[0] as string | undefined,
    visible: fields["visible"]?.[0] as boolean | undefined,
    titlebar: fields["titlebar"]?.[0] as boolean | undefined,
    defaults: rows.at(`${path}/defaults`).flatMap((call) => rowOf(call, {})),
    overrides: overridesOf(rows, `${path}/ViewContents/overrides`),
  };
  const names = rows
    .below(path)
    .map((each) => each.slice(path.length + 1))
    .filter((name) => !name.includes("/") && name !== "ViewContents" && name !== "defaults");
  const properties = Object.fromEntries(
    names.map((name) => [name, rows.at(`${path}/${name}`).flatMap((call) => rowOf(call, {}))[0]]),
  );
  const own = optionsOf(classIdentifier, properties);
  const Class = VIEWS.get(classIdentifier);
  if (own === undefined || Class === undefined) return new rrb.View({ ...options, classIdentifier, properties });
  return new Class({ ...options, ...own });
}

/**
 * The properties of a view by the names of its options; `undefined` if one of the properties is none of its options.
 */
function optionsOf(
  classIdentifier: string,
  properties: Readonly<Record<string, AsComponents | undefined>>,
): object | undefined {
  const view = views.find((each) => each.classIdentifier === classIdentifier);
  const own = view?.parameters.slice(-view.propertyArchetypes.length) ?? [];
  const options: Record<string, unknown> = {};
  for (const [name, data] of Object.entries(properties)) {
    const option = own[view?.propertyArchetypes.findIndex((archetype) => archetype.endsWith(`.${name}`)) ?? -1];
    if (option === undefined) return undefined;
    options[camelCase(option)] = data;
  }
  return options;
}

function overridesOf(rows: StoredRows, folder: string): rrb.ViewOverrides {
  const overrides: Record<string, rrb.VisualizerLike[]> = {};
  for (const path of rows.below(folder)) {
    const [, entity, id] = /^(.*)\/visualizers(?:\/(#\d+))?$/.exec(path.slice(folder.length)) ?? [];
    if (entity === undefined || id !== undefined) continue;
    const list: rrb.VisualizerLike[] = (overrides[entity] = []);
    for (const call of rows.at(path)) {
      const ids = call.cells.get("ActiveVisualizers:instruction_ids")?.[0] as readonly string[] | undefined;
      if (ids === undefined) list.push(...rowOf(call, {}));
      else list.push(...ids.map((each) => visualizerOf(rows, `${path}/${each}`)));
    }
  }
  return overrides;
}

function visualizerOf(rows: StoredRows, path: string): rrb.Visualizer {
  const [instruction, ...others] = rows.at(path);
  const type = instruction?.cells.get("VisualizerInstruction:visualizer_type")?.[0]?.[0] as string;
  const map = instruction?.cells.get("VisualizerInstruction:component_map")?.[0] as readonly object[] | undefined;
  const mappings = map?.map((mapping) => {
    const entries = Object.entries(mapping as Record<string, unknown>);
    return Object.fromEntries(entries.map(([key, value]) => [camelCase(key), value]));
  });
  return new rrb.Visualizer(type, {
    overrides: others.flatMap((call) => rowOf(call, {})),
    mappings: mappings as never,
  });
}

/** Builds the layout of a table. */
function rebuildTable(rows: StoredRows): rrb.table.TableBlueprint {
  const table = rows.fieldsOf("/table") as Record<string, readonly unknown[] | undefined>;
  const cards = rows.has("/table/layouts/cards") ? rows.fieldsOf("/table/layouts/cards") : undefined;
  const order = rows.fieldsOf("/table/layouts/table")["columnOrder"] as readonly string[];
  const { timeline, playState, playbackSpeed, startPoint } = table;
  const previews = { timeline, playState, playbackSpeed, startPoint } as rrb.PreviewsConfigFields;
  const blueprint = new rrb.table.TableBlueprint({
    tableLayout: { columns: order.map((source) => columnOf(rows, source, "/table/layouts/table/columns")) },
    cardLayout:
      cards === undefined
        ? undefined
        : {
            title: (cards["title"] as readonly [string] | undefined)?.[0],
            link: (cards["link"] as readonly [string] | undefined)?.[0],
            fields: (cards["fieldOrder"] as readonly string[]).map((source) =>
              columnOf(rows, source, "/table/layouts/cards/fields"),
            ),
          },
    defaultLayout: table["layout"]?.[0] as number | undefined,
    columnDisplayMode: table["columnDisplayMode"]?.[0] as number | undefined,
    previewsConfig: Object.values(previews).some((value) => value !== undefined) ? previews : undefined,
    filters: table["filters"] as readonly string[] | undefined,
    sortBy: table["sortBy"] as never,
  });
  rows.expectAllUsed();
  return blueprint;
}

function columnOf(rows: StoredRows, source: string, folder: string): rrb.table.Column {
  const fields = rows.fieldsOf(`${folder}/${escapeEntityPathPart(source)}`) as Record<string, readonly unknown[]>;
  const type = fields["columnType"]?.[0] as
    | { component: string | null; component_type_name: string | null }
    | undefined;
  return {
    source,
    name: fields["name"]?.[0] as string | undefined,
    editable: fields["editable"]?.[0] as boolean | undefined,
    visible: fields["visible"]?.[0] as boolean | undefined,
    columnType:
      type === undefined ? undefined : { component: type.component, componentTypeName: type.component_type_name },
    previews: (fields["views"] as readonly string[] | undefined)?.map((view) => viewOf(rows, `/${view}`)),
  };
}
