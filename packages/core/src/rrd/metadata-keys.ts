// The keys of the metadata of columns and schemas, for programs that make or read Arrow tables themselves.

/** The key of a column's kind: {@link RERUN_KIND_CONTROL}, {@link RERUN_KIND_INDEX}, or `"data"`. */
export const RERUN_KIND = "rerun:kind";
/** The kind of the column of row ids. */
export const RERUN_KIND_CONTROL = "control";
/** The kind of the column of a timeline. */
export const RERUN_KIND_INDEX = "index";
/** The key of the complete name of a column's archetype. */
export const SORBET_ARCHETYPE_NAME = "rerun:archetype";
/** The key of the component that a column has. */
export const SORBET_COMPONENT = "rerun:component";
/** The key of the complete name of a column's component type. */
export const SORBET_COMPONENT_TYPE = "rerun:component_type";
/** The key of the entity path of a column or a schema. */
export const SORBET_ENTITY_PATH = "rerun:entity_path";
/** The key of the timeline of a column. */
export const SORBET_INDEX_NAME = "rerun:index_name";
/** The key that marks the column by which a table is indexed. */
export const SORBET_IS_TABLE_INDEX = "rerun:is_table_index";
