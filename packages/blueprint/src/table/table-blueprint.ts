import { escapeEntityPathPart, type AsComponents, type BlueprintLike, type EncodedMessage } from "@rerun-ts/core";
import { InvalidValueError, describeValue, throughProxies } from "@rerun-ts/core/checks";
import { checkLayoutOptions } from "../layout/options.ts";
import { encodeRbl } from "@rerun-ts/core/encode";
import type { Component, EnumLike, OneOrMany, components, encodings } from "@rerun-ts/types";
import {
  CardLayout as CardLayoutArchetype,
  PreviewsConfig,
  TableBlueprint as TableBlueprintArchetype,
  TableColumn,
  TableColumnPreview,
  TableLayout as TableLayoutArchetype,
  type PreviewsConfigFields,
} from "@rerun-ts/types/blueprint";
import { RootIds, encodeLayout } from "../layout/encode-layout.ts";
import { LayoutWriter } from "../layout/layout-writer.ts";
import { defineProperty, type PropertyLike } from "../property.ts";
import { isView, type View } from "../view.ts";
import { isTableFilter, type TableFilter } from "./table-filter.ts";

/** A column of a table, or a field of a card. */
export interface Column {
  /** The name of the column in the data. */
  readonly source: string;
  /** A label. Default: derived from `source`. */
  readonly name?: string | undefined;
  /** Whether cells can be edited. Default `false`. */
  readonly editable?: boolean | undefined;
  /** Whether the column is shown. Default `true`. */
  readonly visible?: boolean | undefined;
  /**
   * The component for showing the values: `rr.components.Url`, its full name, or a component of an archetype. Default:
   * chosen by the viewer.
   */
  readonly columnType?: Component<never> | string | encodings.ColumnTypeLike | undefined;
  /** The views for previews of the column's recordings, instead of `columnType`. Default: none. */
  readonly previews?: readonly View[] | undefined;
}

/** The layout of a table as rows and columns. */
export interface TableLayout {
  /** The first columns, in their order. All others follow. */
  readonly columns?: readonly Column[] | undefined;
}

/** The layout of a table as cards. */
export interface CardLayout {
  /** The column of the titles. Default: the first of strings. */
  readonly title?: string | undefined;
  /** The column with the target that a card opens. Default: the first with previews. */
  readonly link?: string | undefined;
  /** The visible fields, in their order. Others are hidden. */
  readonly fields?: readonly Column[] | undefined;
}

/** Options of {@link TableBlueprint}. */
export interface TableBlueprintOptions {
  /** The layout as rows and columns. Default: all columns. */
  tableLayout?: TableLayout | undefined;
  /** The layout as cards. Default: none. */
  cardLayout?: CardLayout | undefined;
  /** The initial layout. Default: cards if there are any. */
  defaultLayout?: EnumLike<components.TableLayoutKind> | undefined;
  /** Display of column names. Default: decided by the viewer. */
  columnDisplayMode?: EnumLike<components.ColumnDisplayMode> | undefined;
  /** The timeline and the playback of previews. Default: decided by the viewer. */
  previewsConfig?: PropertyLike<PreviewsConfigFields> | undefined;
  /** Conditions made with `col`, or SQL. Only rows with all of them true are shown. Default: all rows. */
  filters?: readonly (TableFilter | string)[] | undefined;
  /** The sort column of the rows: its name, or with a direction. Default: the order of the data. */
  sortBy?: string | OneOrMany<encodings.SortByLike> | undefined;
}

const OPTIONS = [
  "tableLayout",
  "cardLayout",
  "defaultLayout",
  "columnDisplayMode",
  "previewsConfig",
  "filters",
  "sortBy",
];
const COLUMN = ["source", "name", "editable", "visible", "columnType", "previews"];
const OWNER = "table blueprint";
const NAMES = {
  "TableBlueprint.layout": "defaultLayout",
  "TableBlueprint.columnDisplayMode": "columnDisplayMode",
  "TableBlueprint.filters": "filters",
  "TableBlueprint.sortBy": "sortBy",
  PreviewsConfig: "previewsConfig",
};
const previews = /* @__PURE__ */ defineProperty(PreviewsConfig);

/**
 * The layout of a table in a catalog: save it as a file and register the file with the catalog. It is not a layout
 * of the viewer's views, and has no effect on recordings.
 *
 * @example
 * const blueprint = new rrb.table.TableBlueprint({
 *   cardLayout: { title: "name", fields: [{ source: "episode", previews: [new rrb.Spatial3DView()] }] },
 *   filters: [rrb.table.col("success").isTrue()],
 *   sortBy: { column: "date", direction: "Descending" },
 * });
 * const rbl = blueprint.toRbl("my_table");
 */
export class TableBlueprint implements BlueprintLike {
  readonly #ids = new RootIds();
  readonly #options: TableBlueprintOptions;

  constructor(options: TableBlueprintOptions = {}) {
    throughProxies(this);
    this.#options = options;
  }

  /** The messages of the blueprint, without its activation. */
  encodeBlueprint(applicationId: string): readonly EncodedMessage[] {
    const writer = new LayoutWriter();
    checkLayoutOptions(OWNER, this.#options, OPTIONS);
    const { tableLayout = {}, cardLayout, previewsConfig } = this.#options;
    const columns = columnsOf(tableLayout, "columns", "tableLayout");
    const fields = cardLayout === undefined ? [] : columnsOf(cardLayout, "fields", "cardLayout");
    for (const view of new Set([...columns, ...fields].flatMap((column) => column.previews ?? []))) {
      view.writeLayout(writer);
    }
    this.#writeTable(writer, cardLayout !== undefined);
    if (previewsConfig !== undefined) {
      writer.log("table", previews.toComponents(previewsConfig, `${OWNER}: previewsConfig`), OWNER, NAMES);
    }
    const columnOrder = columns.map(({ source }) => source);
    writer.log("table/layouts/table", new TableLayoutArchetype({ columnOrder }), OWNER);
    writeColumns(writer, "table/layouts/table/columns", columns, `${OWNER}: tableLayout.columns`);
    if (cardLayout !== undefined) {
      const { title, link } = cardLayout;
      const order = fields.map(({ source }) => source);
      const names = { CardLayout: "cardLayout" };
      writer.log("table/layouts/cards", new CardLayoutArchetype(order, { title, link }), OWNER, names);
      writeColumns(writer, "table/layouts/cards/fields", fields, `${OWNER}: cardLayout.fields`);
    }
    return encodeLayout(writer, this.#ids, applicationId);
  }

  /**
   * The blueprint as the bytes of a `.rbl` file.
   *
   * @throws {TypeError} or {RangeError} naming the problem of the blueprint
   */
  toRbl(applicationId: string): Uint8Array<ArrayBuffer> {
    return encodeRbl(this, applicationId);
  }

  #writeTable(writer: LayoutWriter, hasCards: boolean): void {
    const { defaultLayout, columnDisplayMode, filters, sortBy } = this.#options;
    const isCards = defaultLayout === 2 || String(defaultLayout).toLowerCase() === "cards";
    if (isCards && !hasCards) {
      throw new InvalidValueError(
        "Table without `cardLayout`",
        describeValue(defaultLayout),
        false,
        `${OWNER}: defaultLayout`,
      );
    }
    const table = new TableBlueprintArchetype({
      layout: defaultLayout,
      columnDisplayMode,
      filters: sqlOf(filters),
      sortBy: typeof sortBy === "string" ? { column: sortBy } : sortBy,
    });
    writer.log("table", table, OWNER, NAMES);
  }
}

/** The filters as SQL. Other values than filters are left for the check. */
function sqlOf(filters: TableBlueprintOptions["filters"]): readonly string[] | undefined {
  if (!Array.isArray(filters)) return filters as undefined;
  if (filters.length === 0) return undefined;
  return (filters as (TableFilter | string)[]).map((filter) => (isTableFilter(filter) ? filter.sql : filter));
}

/** The checked columns of a layout. @throws {InvalidValueError} */
function columnsOf(layout: object, key: "columns" | "fields", option: string): readonly Column[] {
  const owner = `${OWNER}: ${option}`;
  checkLayoutOptions(owner, layout, key === "columns" ? [key] : [key, "title", "link"]);
  const columns = (layout as Readonly<Record<string, unknown>>)[key] ?? [];
  if (!Array.isArray(columns)) {
    throw new InvalidValueError("an array of columns", describeValue(columns), false, `${owner}.${key}`);
  }
  const seen = new Set<string>();
  for (const [index, column] of (columns as Column[]).entries()) {
    const argument = `${owner}.${key}[${index}]`;
    checkLayoutOptions(argument, column, COLUMN);
    const { source, previews: cells = [] } = column;
    if (typeof source !== "string" || source === "") {
      throw new InvalidValueError("a non-empty string", describeValue(source), false, `${argument}.source`);
    }
    if (seen.has(source))
      throw new InvalidValueError("in one column only", describeValue(source), false, `${argument}.source`);
    seen.add(source);
    if (!Array.isArray(cells) || !cells.every((view) => isView(view))) {
      throw new InvalidValueError("an array of views", describeValue(cells), false, `${argument}.previews`);
    }
  }
  return columns as readonly Column[];
}

function writeColumns(writer: LayoutWriter, folder: string, columns: readonly Column[], owner: string): void {
  for (const [index, { source, name, editable, visible, columnType, previews: cells }] of columns.entries()) {
    const path = `${folder}/${escapeEntityPathPart(source)}`;
    const type = cells === undefined && columnType !== undefined ? toColumnType(columnType) : undefined;
    const data: AsComponents = new TableColumn({ name, editable, visible, columnType: type });
    writer.log(path, data, `${owner}[${index}]`);
    if (cells !== undefined) {
      writer.log(path, new TableColumnPreview(cells.map((view) => view.blueprintPath)), `${owner}[${index}]`);
    }
  }
}

function toColumnType(type: NonNullable<Column["columnType"]>): encodings.ColumnTypeLike {
  if (typeof type === "string") return { componentTypeName: type };
  return "createBuilder" in type ? { componentTypeName: type.name } : type;
}
