import { invalidArgument } from "@rerun-ts/core/checks";
import { DataType } from "apache-arrow";
import { childFieldsOf } from "@rerun-ts/reading/chunks";
import { textCells, type TableCell, type FileColumn, type StructCell, type TableBatch } from "./table-batch.ts";

/** The cells of a column, or of a field of its structs. */
export interface MappedCells {
  readonly type: DataType;
  /** @param isText whether texts of the file are taken as they are */
  cellsOf(this: void, batch: TableBatch, isText?: boolean): readonly TableCell[];
}

/**
 * Finds a column by its name, or a field of its structs by a path: `image.bytes`.
 * @throws {TypeError} if there is none
 */
export function mappedCells(columns: readonly FileColumn[], argument: string, name: unknown): MappedCells {
  for (const [position, column] of columns.entries()) {
    if (column.name === name)
      return {
        type: column.type,
        cellsOf: (batch, isText = false) => (isText ? textCells(batch, position) : (batch.cells[position] ?? [])),
      };
  }
  for (const [position, column] of columns.entries()) {
    if (typeof name !== "string" || !name.startsWith(`${column.name}.`)) continue;
    const found = fieldAt(column.type, name.slice(column.name.length + 1));
    if (found === undefined) continue;
    const { type, path } = found;
    return { type, cellsOf: ({ cells }) => (cells[position] ?? []).map((cell) => fieldOf(cell, path)) };
  }
  const names = columns.flatMap((column) => namesIn(column.name, column.type)).map((each) => JSON.stringify(each));
  throw invalidArgument(argument, `a column of the table (${names.join(", ")})`, name);
}

/** The field of a struct at a path. The names of fields may contain dots. */
function fieldAt(
  type: DataType,
  path: string,
): { readonly type: DataType; readonly path: readonly string[] } | undefined {
  for (const { name, type: inner } of fieldsOf(type)) {
    if (name === path) return { type: inner, path: [name] };
    const found = path.startsWith(`${name}.`) ? fieldAt(inner, path.slice(name.length + 1)) : undefined;
    if (found !== undefined) return { type: found.type, path: [name, ...found.path] };
  }
  return undefined;
}

function fieldsOf(type: DataType): readonly { readonly name: string; readonly type: DataType }[] {
  return DataType.isStruct(type) ? (childFieldsOf(type) as readonly { name: string; type: DataType }[]) : [];
}

function fieldOf(cell: TableCell, path: readonly string[]): TableCell {
  let found = cell;
  for (const name of path) {
    if (found === null || !Object.hasOwn(found as StructCell, name)) return null;
    found = (found as StructCell)[name] ?? null;
  }
  return found;
}

/** The names by which a column and its fields are found. */
function namesIn(name: string, type: DataType): readonly string[] {
  return [name, ...fieldsOf(type).flatMap((field) => namesIn(`${name}.${field.name}`, field.type))];
}
