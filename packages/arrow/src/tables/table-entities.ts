import type { ComponentColumn, TimeColumn } from "@rerun-ts/core";
import { argumentError } from "@rerun-ts/core/checks";
import { fieldOf } from "@rerun-ts/core/encode";
import { DataType, Field, RecordBatch, Schema, Struct, Table, Vector, makeData, type Data } from "apache-arrow";
import { chunkFromColumns } from "../chunks/new-chunk.ts";
import { batchChunks, tableBatches } from "../chunks/table-chunks.ts";
import type { ArchetypeClass } from "../lenses/lens.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import { cellVector } from "./cell-vectors.ts";
import { placeColumns, type PlacedColumn } from "./column-places.ts";
import type { Cell, FileColumn, TableBatch } from "./table-batch.ts";
import type { ImportTableOptions } from "./table-options.ts";
import { positionOf } from "./table-times.ts";
import { timeVector } from "./time-vector.ts";

/** A field of an archetype, and how its instances in a row follow from the cells. */
interface FieldPlan {
  readonly field: string;
  /** The instances of a row, or `null` for none. */
  instances(cells: readonly (readonly Cell[])[], row: number): readonly Cell[] | null;
}

/** An entity that is an archetype. */
interface EntityPlan {
  readonly path: string;
  readonly archetype: ArchetypeClass;
  readonly fields: readonly FieldPlan[];
}

/** A name of a column as queries make it. */
const QUERY_NAME = /^(\/[^:]*):([A-Z]\w*):([a-z]\w*)$/;

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
    fields: Object.entries(fields).map(([field, names]) => mappedField(columns, `entities.${path}`, field, names)),
  }));
  const rest = new Set(columns.keys());
  for (const position of taken) rest.delete(position);
  if (entities !== undefined && entityPath === undefined && columnGrouping === undefined) rest.clear();
  plans.push(...(await namedEntities(columns, rest)));
  const plain = [...rest].map((position) => ({ position, ...(columns[position] as FileColumn) }));
  if (plans.length === 0 && plain.length === 0)
    throw argumentError("source", "`source` must have a column besides its times, but it has none");
  const places = placeColumns(plain, columnGrouping, entityPath);
  return function* (batch, times) {
    for (const plan of plans) {
      const components = plan.fields.flatMap((field) => [...fieldColumns(plan.archetype, field, batch)]);
      if (components.length > 0) yield chunkFromColumns(plan.path, { timelines: times, columns: components });
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
  const data = makeData({ type: new Struct(fields), length: batch.rows, nullCount: 0, children });
  const table = new Table([new RecordBatch(new Schema(fields), data)]);
  for (const found of tableBatches(table) ?? [])
    yield* batchChunks(found, { index: index.length === 0 ? null : index });
}

function placedVector({ members, isStruct }: PlacedColumn, { cells, rows }: TableBatch): Vector {
  const vectors = members.map(({ position, type }) => cellVector(cells[position] ?? [], type));
  if (!isStruct) return vectors[0] as Vector;
  const fields = members.map(({ name }, index) => new Field(name, vectors[index]?.type as DataType, true));
  const children = vectors.map((vector) => vector.data[0] as Data);
  return new Vector([makeData({ type: new Struct(fields), length: rows, nullCount: 0, children })]);
}

function mappedField(
  columns: readonly FileColumn[],
  argument: string,
  field: string,
  names: string | readonly string[],
): FieldPlan {
  if (typeof names === "string") {
    const position = positionOf(columns, argument, names);
    const toNumber = numbersIn(columns[position]?.type);
    return {
      field,
      instances(cells, row) {
        const cell = cells[position]?.[row] ?? null;
        return cell === null ? null : [toNumber(cell)];
      },
    };
  }
  const positions = [...names].map((name) => positionOf(columns, argument, name));
  return {
    field,
    instances(cells, row) {
      const parts = positions.map((position) => cells[position]?.[row] ?? null);
      return parts.includes(null) ? null : [parts.map(numberOf)];
    },
  };
}

/** Turns the integers of a column into the numbers that fields take. The integers of times stay as they are. */
function numbersIn(type: DataType | undefined): (cell: Cell) => Cell {
  const item = DataType.isList(type) ? (type.children[0]?.type as DataType | undefined) : type;
  return DataType.isInt(item) ? numberOf : (cell) => cell;
}

/** A number, also for an integer of a file. */
function numberOf(cell: Cell): Cell {
  return typeof cell === "bigint" ? Number(cell) : cell;
}

/** The columns that are named after fields of archetypes. They are removed from `rest`. */
async function namedEntities(columns: readonly FileColumn[], rest: Set<number>): Promise<EntityPlan[]> {
  const named = [...rest].flatMap((position) => {
    const [, path, archetype, field] = QUERY_NAME.exec(columns[position]?.name ?? "") ?? [];
    return path === undefined || archetype === undefined || field === undefined
      ? []
      : [{ position, path, archetype, field: camelCase(field) }];
  });
  if (named.length === 0) return [];
  const types = (await import("@rerun-ts/types")) as Readonly<Record<string, unknown>>;
  const plans = new Map<string, { path: string; archetype: ArchetypeClass; fields: FieldPlan[] }>();
  for (const { position, path, archetype, field } of named) {
    const known = Object.hasOwn(types, archetype) ? types[archetype] : undefined;
    if (!isArchetype(known, field)) continue;
    rest.delete(position);
    const key = `${path}:${archetype}`;
    const plan = plans.get(key) ?? { path, archetype: known, fields: [] };
    plans.set(key, plan);
    const toNumber = numbersIn(columns[position]?.type);
    plan.fields.push({
      field,
      instances: (cells, row) => instancesIn(cells[position]?.[row] ?? null)?.map(toNumber) ?? null,
    });
  }
  return [...plans.values()];
}

function isArchetype(value: unknown, field: string): value is ArchetypeClass {
  if (typeof value !== "function" || !("archetype" in value) || !("columns" in value)) return false;
  const known = value as unknown as { columns(fields: object): Iterable<ComponentColumn> };
  return [...known.columns({ [field]: [] })].every(
    (column) => !(fieldOf(column)?.descriptor.component ?? ":").endsWith(":"),
  );
}

/** The instances of a cell of a query: a list, or its JSON in CSV, or the only one. */
function instancesIn(cell: Cell): readonly Cell[] | null {
  if (cell === null) return null;
  if (Array.isArray(cell)) return cell as readonly Cell[];
  if (typeof cell !== "string" || !cell.startsWith("[")) return [cell];
  try {
    return JSON.parse(cell) as readonly Cell[];
  } catch {
    return [cell];
  }
}

function fieldColumns(archetype: ArchetypeClass, plan: FieldPlan, { rows, cells }: TableBatch): ComponentColumn[] {
  const values: Cell[] = [];
  const lengths: (number | null)[] = [];
  for (let row = 0; row < rows; row++) {
    const instances = plan.instances(cells, row);
    lengths.push(instances === null ? null : instances.length);
    for (const instance of instances ?? []) values.push(instance);
  }
  if (lengths.every((length) => length === null)) return [];
  return [...archetype.columns({ [plan.field]: values } as never)].map((column) => column.partition(lengths));
}

function camelCase(name: string): string {
  return name.replace(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}
