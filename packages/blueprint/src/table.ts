// The namespace `table`: layouts of the tables of catalogs.
export {
  TableBlueprint,
  type CardLayout,
  type Column,
  type TableBlueprintOptions,
  type TableLayout,
} from "./table/table-blueprint.ts";
export { col, TableColumnFilters, TableFilter, TableFilterColumn } from "./table/table-filter.ts";
