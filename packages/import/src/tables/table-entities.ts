import { EntityPath, type ComponentColumn, type TimeColumn } from "@rerun-ts/core";
import { argumentError } from "@rerun-ts/core/checks";
import { DataType, Field, Schema, Struct, Table, Vector, type Data } from "apache-arrow";
import {
  batchOf,
  makeArray,
  makeChunk,
  chunkFromColumns,
  batchChunks,
  tableBatches,
  type ArchetypeClass,
  type ChunkData,
} from "@rerun-ts/reading/chunks";
import { buildData } from "./build-data.ts";
import { placeColumns, type PlacedColumn } from "./column-places.ts";
import { fieldTarget, instancesIn, namedColumns, namedComponent, type NamedColumn } from "./named-columns.ts";
import { mappedCells } from "./mapped-cells.ts";
import type { TableCell, FileColumn, TableBatch } from "./table-batch.ts";
import type { ImportTableOptions } from "./table-options.ts";
import { storedTimes, timeVector } from "./time-vector.ts";

/** The instances of a field of an archetype in a row, or `null` for none. */
type RowInstances = (row: number) => readonly TableCell[] | null;

/** A field of an archetype, and how its instances follow from the cells. */
interface FieldPlan {
  readonly field: string;
  instancesOf(batch: TableBatch): RowInstances;
}

/** An entity that is an archetype. */
interface EntityPlan {
  readonly path: string;
  readonly archetype: ArchetypeClass;
  readonly fields: readonly FieldPlan[];
}

/** Makes the chunks of a batch. */
export type TableChunks = (batch: TableBatch, times: readonly TimeColumn[]) => Generator<ChunkData, void, undefined>;

/**
 * Decides which entities the columns become.
 *
 * @param taken the positions of columns with times
 * @throws {TypeError} if an option names a column that does not exist, or nothing is left
 */
export async function tableChunks(
  columns: readonly FileColumn[],
  taken: ReadonlySet<number>,
  { entities, entityPath, columnGrouping }: ImportTableOptions,
): Promise<TableChunks> {
  const plans: EntityPlan[] = Object.entries(entities ?? {}).map(([path, { as: archetype, fields }]) => ({
    path,
    archetype,
    fields: Object.entries(fields).map(([field, names]) => mappedField(columns, path, archetype, field, names)),
  }));
  const rest = new Set(columns.keys());
  for (const position of taken) rest.delete(position);
  if (entities !== undefined && entityPath === undefined && columnGrouping === undefined) rest.clear();
  const named = new Map<string, NamedColumn[]>();
  for (const column of await namedColumns(columns)) {
    if (!rest.delete(column.position)) continue;
    const key = `${column.path}:${column.archetype.archetype}`;
    named.set(key, [...(named.get(key) ?? []), column]);
  }
  const plain = [...rest].map((position) => ({ position, ...(columns[position] as FileColumn) }));
  if (plans.length === 0 && named.size === 0 && plain.length === 0)
    throw argumentError("source", "`source` must have a column besides its times, but it has none");
  const places = placeColumns(plain, columnGrouping, entityPath);
  return function* (batch, times) {
    for (const plan of plans) {
      const components = plan.fields.flatMap((field) => [...fieldColumns(plan.archetype, field, batch)]);
      if (components.length > 0) yield chunkFromColumns(plan.path, { timelines: times, columns: components });
    }
    for (const of of named.values()) {
      const components = of.flatMap((column) => namedComponent(column, batch) ?? []);
      const path = EntityPath.parse(of[0]?.path ?? "/").toString();
      if (components.length > 0)
        yield makeChunk({ entityPath: path, rows: batch.rows, columns: [...times.map(storedTimes), ...components] });
    }
    if (plain.length > 0) yield* plainChunks(batch, times, places);
  };
}

/** The chunks of columns without an archetype, one for each entity. */
function* plainChunks(
  batch: TableBatch,
  times: readonly TimeColumn[],
  places: readonly PlacedColumn[],
): Generator<ChunkData, void, undefined> {
  const index = times.map((column) => column.name);
  const vectors = [...times.map(timeVector), ...places.map((place) => placedVector(place, batch))];
  const fields = vectors.map(({ type }, position) => {
    const place = places[position - times.length];
    if (place === undefined) return new Field(index[position] ?? "", type as DataType, true);
    // A component may have the name of a timeline.
    const name = index.includes(place.component) ? `${place.component}_` : place.component;
    const metadata = new Map([
      ["rerun:entity_path", place.entityPath],
      ["rerun:component", name],
    ]);
    // Names are unique, because apache-arrow takes fields of the same name for one.
    return new Field(`${position}:${name}`, type as DataType, true, metadata);
  });
  const children = vectors.map((vector) => vector.data[0] as Data);
  const table = new Table([batchOf(new Schema(fields), batch.rows, children)]);
  for (const found of tableBatches(table, "table") ?? [])
    yield* batchChunks(found, { index: index.length === 0 ? null : index });
}

function placedVector({ members, isStruct }: PlacedColumn, { cells, rows }: TableBatch): Vector {
  const children = members.map(({ position, type }) => buildData(type, cells[position] ?? []));
  if (!isStruct) return new Vector(children);
  const fields = members.map(({ name, type }) => new Field(name, type, true));
  return new Vector([makeArray(new Struct(fields), rows, { children })]);
}

function mappedField(
  columns: readonly FileColumn[],
  path: string,
  archetype: ArchetypeClass,
  field: string,
  names: string | readonly string[],
): FieldPlan {
  const argument = `entities.${path}`;
  if (typeof names === "string") {
    const column = mappedCells(columns, argument, names);
    const isInteger = hasIntegers(column.type);
    const type = fieldTarget(archetype, field)?.itemType;
    const isText = DataType.isUtf8(type);
    return {
      field,
      instancesOf(batch) {
        const cells = column.cellsOf(batch, isText);
        return (row) => {
          const cell = cells[row] ?? null;
          // A text that begins with a bracket remains one.
          const instances = type === undefined || (isText && typeof cell === "string") ? null : instancesIn(cell, type);
          const all = instances ?? (cell === null ? null : [cell]);
          return isInteger ? (all?.map(numberOf) ?? null) : all;
        };
      },
    };
  }
  const mapped = [...names].map((name) => mappedCells(columns, argument, name));
  return {
    field,
    instancesOf(batch) {
      const cells = mapped.map(({ cellsOf }) => cellsOf(batch));
      return (row) => {
        const parts = cells.map((column) => column[row] ?? null);
        return parts.includes(null) ? null : [parts.map(numberOf)];
      };
    },
  };
}

/** Whether a column has integers. The integers of times stay as they are. */
function hasIntegers(type: DataType | undefined): boolean {
  const [item] = DataType.isList(type) ? (type.children as readonly Field[]) : [];
  return item === undefined ? DataType.isInt(type) : hasIntegers(item.type as DataType);
}

/** A number, also for an integer of a file. */
function numberOf(cell: TableCell): TableCell {
  if (Array.isArray(cell)) return (cell as readonly TableCell[]).map(numberOf);
  return typeof cell === "bigint" ? Number(cell) : cell;
}

function fieldColumns(archetype: ArchetypeClass, plan: FieldPlan, batch: TableBatch): ComponentColumn[] {
  const values: TableCell[] = [];
  const lengths: (number | null)[] = [];
  const instancesOf = plan.instancesOf(batch);
  for (let row = 0; row < batch.rows; row++) {
    const instances = instancesOf(row);
    lengths.push(instances === null ? null : instances.length);
    for (const instance of instances ?? []) values.push(instance);
  }
  if (lengths.every((length) => length === null)) return [];
  return [...archetype.columns({ [plan.field]: values } as never)].map((column) => column.partition(lengths));
}
