import { call, isEmptyObject, object, printExpression, type Expression } from "./expression.ts";
import { LayoutParts } from "./layout-parts.ts";
import type { StoredLayout } from "./stored-layout.ts";
import { tableCode } from "./table-layout.ts";

/** The most comments about parts without code. */
const MAX_COMMENTS = 20;
const VIEWPORT = "/viewport";
const PANELS = {
  "/top_panel": ["TopPanel", "PanelBlueprint"],
  "/blueprint_panel": ["BlueprintPanel", "PanelBlueprint"],
  "/selection_panel": ["SelectionPanel", "PanelBlueprint"],
  "/time_panel": ["TimePanel", "TimePanelBlueprint"],
} as const;
const TIME_PANEL = ["timeline", "playback_speed", "fps", "play_state", "loop_mode", "time_selection"] as const;

/** The strings of code. */
const STRINGS = /"(?:[^"\\]+|\\.)*"/g;

/** Panels that the option `collapsePanels` collapses. */
const COLLAPSIBLE: readonly string[] = ["BlueprintPanel", "SelectionPanel", "TimePanel"];

interface PanelCode {
  readonly name: string;
  readonly options: Expression;
}

/** The module that makes a layout. */
export function layoutCode(layout: StoredLayout, packageName: string, name: string): string {
  const table = tableCode(layout);
  const shared = [...(table?.shared ?? [])].map(([view, code]) => declaration(`const ${view}`, code));
  const code = [...shared, declaration(`export const ${name}`, table?.expression ?? blueprintCode(layout))].join("\n");
  const imports = [
    ...(/\brr\./.test(code.replace(STRINGS, "")) ? [`import * as rr from "${packageName}";`] : []),
    `import * as rrb from "${packageName}/blueprint";`,
  ];
  const unused = layout.unused();
  const comments = unused.slice(0, MAX_COMMENTS).map((what) => `// Not in this code: ${oneLine(what)}`);
  if (unused.length > MAX_COMMENTS) comments.push(`// … and ${unused.length - MAX_COMMENTS} more`);
  return `${[...imports, "", ...comments, code].join("\n")}\n`;
}

function blueprintCode(layout: StoredLayout): Expression {
  const parts = new LayoutParts(layout);
  const [root] = layout.uuids(VIEWPORT, "ViewportBlueprint:root_container");
  const rootPart = root === undefined ? undefined : parts.part(`container/${root}`);
  // The constructor makes tabs of several parts, and also of a single view.
  const tabs = rootPart?.plainTabs ?? [];
  const isSpread = tabs.length > 1 || (tabs.length === 1 && isView(tabs[0]));
  const contents = rootPart === undefined ? [] : isSpread ? tabs : [rootPart.code];
  const panels = Object.entries(PANELS).flatMap(([path, [panel, archetype]]) =>
    panelCode(layout, path, panel, archetype),
  );
  // The option `collapsePanels` collapses the other panels.
  const isCollapsed = COLLAPSIBLE.every((name) => panels.some((panel) => panel.name === name));
  const shown = panels.filter(
    ({ name, options }) => !isCollapsed || !COLLAPSIBLE.includes(name) || !isCollapsedOnly(options),
  );
  const isAutomatic = contents.length === 0 ? "true" : undefined;
  const automatic = (name: string): Expression | undefined => {
    const value = layout.single(VIEWPORT, `ViewportBlueprint:${name}`);
    return value === isAutomatic ? undefined : (value ?? "null");
  };
  const options = object({
    autoLayout: automatic("auto_layout"),
    autoViews: automatic("auto_views"),
    collapsePanels: shown.length < panels.length ? "true" : undefined,
  });
  const panelCalls = shown.map(({ name, options: panelOptions }) => call(`new rrb.${name}`, [panelOptions]));
  return call("new rrb.Blueprint", [...contents, ...panelCalls, ...(isEmptyObject(options) ? [] : [options])]);
}

function isCollapsedOnly(options: Expression): boolean {
  return printExpression(options) === '{ state: "Collapsed" }';
}

function isView(part: Expression | undefined): boolean {
  return typeof part === "object" && "name" in part && part.name.endsWith("View");
}

function panelCode(layout: StoredLayout, path: string, name: string, archetype: string): readonly PanelCode[] {
  if (!layout.has(path)) return [];
  const fields = archetype === "TimePanelBlueprint" ? ["state", ...TIME_PANEL] : ["state"];
  const camelCased = fields.map((field) => [
    field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    layout.single(path, `${archetype}:${field}`),
  ]);
  const options = object(Object.fromEntries(camelCased) as Record<string, Expression | undefined>);
  return isEmptyObject(options) ? [] : [{ name, options }];
}

function declaration(start: string, value: Expression): string {
  return `${start} = ${printExpression(value, "", start.length + " = ;".length)};`;
}

/** A path on one line, for comments. */
function oneLine(value: string): string {
  return value.replace(/[\r\n\u2028\u2029]/g, " ");
}
