import { ComponentColumn } from "@rerun-ts/core";
import { argumentError, isUint8Array } from "@rerun-ts/core/checks";
import { type Data, DataType } from "apache-arrow";
import {
  chunkFromColumns,
  targetOf,
  type ResolvedTarget,
  type ArchetypeClass,
  type StoredColumn,
  isByte,
  makeArray,
  nullsWithout,
} from "@rerun-ts/reading/chunks";
import { UnionCellError, WrongCellError, buildData, offsetsOf, parsed } from "./build-data.ts";
import { textCells, type TableCell, type FileColumn, type TableBatch } from "./table-batch.ts";

/** A column that is named after a field of an archetype, as tables of queries have them. */
export interface NamedColumn {
  readonly path: string;
  readonly archetype: ArchetypeClass;
  readonly target: ResolvedTarget;
  /** Its position in the table. */
  readonly position: number;
  readonly name: string;
}

/** Finds the columns that are named after fields of archetypes. */
export async function namedColumns(columns: readonly FileColumn[]): Promise<readonly NamedColumn[]> {
  const found = columns.map(({ name }) => QUERY_NAME.exec(name));
  if (found.every((match) => match === null)) return [];
  const types = (await import("@rerun-ts/types")) as Readonly<Record<string, unknown>>;
  return found.flatMap((match, position) => {
    const [name, path = "", archetype = "", field = ""] = match ?? [];
    const known = Object.hasOwn(types, archetype) ? types[archetype] : undefined;
    if (name === undefined || !isArchetype(known)) return [];
    const target = fieldTarget(known, camelCase(field));
    return target === undefined ? [] : [{ path, archetype: known, target, position, name }];
  });
}

/** A name of a column as queries make it. */
const QUERY_NAME = /^(\/[^:]*):([A-Z]\w*):([a-z]\w*)$/;

function isArchetype(value: unknown): value is ArchetypeClass {
  return typeof value === "function" && "archetype" in value && "columns" in value;
}

/** A field of an archetype. `undefined` if it has no such field. */
export function fieldTarget(archetype: ArchetypeClass, field: string): ResolvedTarget | undefined {
  try {
    return targetOf({ archetype, field });
  } catch {
    return undefined;
  }
}

function camelCase(name: string): string {
  return name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * Makes the component of a column. `undefined` if all of its cells are null.
 * @throws {TypeError} if a cell cannot be a value of the field
 */
export function namedComponent({ target, position, name }: NamedColumn, batch: TableBatch): StoredColumn | undefined {
  const itemType = target.itemType as DataType;
  const rows = textCells(batch, position).map((cell) => instancesIn(cell, itemType));
  if (rows.every((instances) => instances === null)) return undefined;
  const values = rows.flatMap((instances) => instances ?? []);
  try {
    const items = buildData(itemType, values);
    return { field: target.column(itemType), data: listsOf(target.column(itemType).type as DataType, rows, items) };
  } catch (error) {
    if (error instanceof UnionCellError)
      throw argumentError(
        "source",
        `the column ${name} has tensors, whose type a table does not have: leave it out of the query`,
      );
    if (!(error instanceof WrongCellError)) throw error;
    return asLogged(target, values, rows) ?? wrong(name, error);
  }
}

/** The component of values as programs log them, such as colors in CSS. `undefined` if the field does not take them. */
function asLogged(
  { field }: ResolvedTarget,
  values: readonly TableCell[],
  rows: readonly (readonly TableCell[] | null)[],
): StoredColumn | undefined {
  if (field === undefined) return undefined;
  const lengths = rows.map((instances) => (instances === null ? null : instances.length));
  const given = values.map((value) =>
    typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value,
  );
  try {
    const chunk = chunkFromColumns("/", { columns: [new ComponentColumn(field, given, lengths)] });
    return chunk.column(chunk.layout.components[0]?.index ?? 0);
  } catch {
    return undefined;
  }
}

function wrong(name: string, { message }: WrongCellError): never {
  throw argumentError("source", `the cells of the column ${name} must have ${message}`);
}

function listsOf(type: DataType, rows: readonly (readonly TableCell[] | null)[], items: Data): Data {
  const nulls = nullsWithout(rows.length, (row) => rows[row] !== null);
  return makeArray(type, rows.length, { offsets: offsetsOf(rows), nulls, children: [items] });
}

/** The instances of a cell of a query: a list, or its JSON in CSV, or the only one. */
export function instancesIn(cell: TableCell, type: DataType): readonly TableCell[] | null {
  if (cell === null) return null;
  const list = typeof cell === "string" && cell.trimStart().startsWith("[") ? parsed(cell) : cell;
  if (!Array.isArray(list)) return [cell];
  const instances = list as readonly TableCell[];
  if (DataType.isUtf8(type))
    return instances.every((each) => typeof each === "string" || each === null) ? instances : [cell];
  const isList = DataType.isList(type) || DataType.isFixedSizeList(type);
  // One instance without brackets around it, as other programs write it.
  const isOnly = isList && instances.length > 0 && !instances.some((each) => isListLike(each, type));
  return isOnly ? [instances] : instances;
}

function isListLike(value: TableCell, type: DataType): boolean {
  const isText = typeof value === "string" && isByte((type.children[0] as { readonly type: DataType }).type);
  return value === null || Array.isArray(value) || isUint8Array(value) || isText;
}
