import type { ComponentColumn, TimeColumn } from "@rerun-ts/core";
import { argumentError } from "@rerun-ts/core/checks";
import { fieldOf } from "@rerun-ts/core/encode";
import { DataType, Table, type Vector } from "apache-arrow";
import { chunkFromColumns } from "../chunks/new-chunk.ts";
import { batchChunks, tableBatches } from "../chunks/table-chunks.ts";
import type { ArchetypeClass } from "../lenses/lens.ts";
import type { ChunkData } from "../store/chunk-data.ts";
import { cellVector } from "./cell-vectors.ts";
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
  { entities, entityPath }: ImportTableOptions,
): Promise<TableChunks> {
  const plans: EntityPlan[] = Object.entries(entities ?? {}).map(([path, { as: archetype, fields }]) => ({
    path,
    archetype,
    fields: Object.entries(fields).map(([field, names]) => mappedField(columns, `entities.${path}`, field, names)),
  }));
  const rest = new Set(columns.keys());
  for (const position of taken) rest.delete(position);
  if (entities !== undefined && entityPath === undefined) rest.clear();
  plans.push(...(await namedEntities(columns, rest)));
  const plain = [...rest].map((position) => ({ position, ...(columns[position] as FileColumn) }));
  if (plans.length === 0 && plain.length === 0)
    throw argumentError("source", "`source` must have a column besides its times, but it has none");
  return function* (batch, times) {
    for (const plan of plans) {
      const components = plan.fields.flatMap((field) => [...fieldColumns(plan.archetype, field, batch)]);
      if (components.length > 0) yield chunkFromColumns(plan.path, { timelines: times, columns: components });
    }
    if (plain.length === 0) return;
    const vectors: Record<string, Vector> = {};
    const index = times.map((column) => column.name);
    for (const column of times) vectors[column.name] = timeVector(column);
    for (const { name, type, position } of plain) {
      // A component may have the name of a timeline.
      const own = Object.hasOwn(vectors, name) ? `${name}_` : name;
      vectors[own] = cellVector(batch.cells[position] ?? [], type);
    }
    for (const found of tableBatches(new Table(vectors)) ?? [])
      yield* batchChunks(found, { index: index.length === 0 ? null : index, entityPath });
  };
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
