import { escapeEntityPathPart } from "@rerun-ts/core";
import { call, isEmptyObject, listExpression, object, textExpression, type Expression } from "./expression.ts";
import { LayoutParts } from "./layout-parts.ts";
import { camelCase } from "./literals.ts";
import { FIELDS } from "../gen/layout-names.ts";
import type { StoredLayout } from "./stored-layout.ts";

const TABLE = "/table";
const LAYOUTS = `${TABLE}/layouts`;
const ROWS = `${LAYOUTS}/table`;
const CARDS = `${LAYOUTS}/cards`;
const PREVIEWS_CONFIG = "rerun.blueprint.archetypes.PreviewsConfig";
const VIEWS = "TableColumnPreview:views";

/** The code of the layout of a table, and of the views that several columns share, by their names. */
export interface TableCode {
  readonly shared: ReadonlyMap<string, Expression>;
  readonly expression: Expression;
}

/** The code of the layout of a table, or `undefined` if the blueprint is not for tables. */
export function tableCode(layout: StoredLayout): TableCode | undefined {
  if (!layout.has(TABLE) && !layout.has(ROWS) && !layout.has(CARDS)) return undefined;
  const parts = new Previews(layout);
  const columns = columnsOf(layout, parts, `${ROWS}/columns`, layout.strings(ROWS, "TableLayout:column_order"));
  const fields = columnsOf(layout, parts, `${CARDS}/fields`, layout.strings(CARDS, "CardLayout:field_order"));
  const filters = layout.strings(TABLE, "TableBlueprint:filters");
  const previews = (layout.archetypes(TABLE).get(PREVIEWS_CONFIG) ?? []).filter(
    (name) => FIELDS[PREVIEWS_CONFIG]?.includes(name.slice(name.indexOf(":") + 1)) === true,
  );
  const options = object({
    tableLayout: columns.length === 0 ? undefined : object({ columns: listExpression(columns) }),
    cardLayout: layout.has(CARDS)
      ? object({
          title: layout.value(CARDS, "CardLayout:title"),
          link: layout.value(CARDS, "CardLayout:link"),
          fields: fields.length === 0 ? undefined : listExpression(fields),
        })
      : undefined,
    defaultLayout: layout.value(TABLE, "TableBlueprint:layout"),
    columnDisplayMode: layout.value(TABLE, "TableBlueprint:column_display_mode"),
    previewsConfig:
      previews.length === 0
        ? undefined
        : object(
            Object.fromEntries(
              previews.map((name) => [camelCase(name.slice(name.indexOf(":") + 1)), layout.value(TABLE, name)]),
            ),
          ),
    filters: filters && listExpression(filters.map(textExpression)),
    sortBy: layout.value(TABLE, "TableBlueprint:sort_by"),
  });
  const expression = call("new rrb.table.TableBlueprint", isEmptyObject(options) ? [] : [options]);
  return { shared: parts.shared, expression };
}

/** The views of previews. A view of several columns becomes a constant. */
class Previews {
  readonly shared: Map<string, Expression> = new Map();
  readonly #parts: LayoutParts;
  readonly #counts: Map<string, number> = new Map();
  readonly #names: Map<string, string> = new Map();

  constructor(layout: StoredLayout) {
    this.#parts = new LayoutParts(layout);
    for (const path of layout.below(LAYOUTS))
      for (const view of layout.strings(path, VIEWS) ?? []) this.#counts.set(view, (this.#counts.get(view) ?? 0) + 1);
  }

  /** The view at a path. Empty if the view is missing. */
  view(path: string): readonly Expression[] {
    const known = this.#names.get(path);
    if (known !== undefined) return [known];
    const code = this.#parts.part(path)?.code;
    if (code === undefined || this.#counts.get(path) === 1) return code === undefined ? [] : [code];
    const name = `preview${this.shared.size + 1}`;
    this.#names.set(path, name);
    this.shared.set(name, code);
    return [name];
  }
}

function columnsOf(
  layout: StoredLayout,
  parts: Previews,
  folder: string,
  order: readonly string[] = [],
): readonly Expression[] {
  return order.map((source) => {
    const path = `${folder}/${escapeEntityPathPart(source)}`;
    const value = (name: string): Expression | undefined => layout.value(path, `TableColumn:${name}`);
    const views = layout.strings(path, VIEWS);
    return object({
      source: textExpression(source),
      name: value("name"),
      editable: value("editable"),
      visible: value("visible"),
      columnType: value("column_type"),
      previews: views && listExpression(views.flatMap((view) => parts.view(view))),
    });
  });
}
