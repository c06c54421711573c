import { EntityPath } from "@rerun-ts/core";
import { argumentError, invalidArgument, type OptionNames } from "@rerun-ts/core/checks";
import type { EntityData, TreeDefinition, TypedField, ArchetypeType } from "@rerun-ts/types";
import {
  any,
  archetypesOf,
  childDefinitions,
  entity,
  EntityNode,
  isArchetype,
  isList,
} from "@rerun-ts/types/archetype-names";
import type { RecordBatch } from "apache-arrow";
import { checkQueryOptions, QUERY_OPTIONS, type QueryOptions } from "../query/query-options.ts";
import { isProperty, type StoreIndex } from "../store/store-index.ts";
import { readerOf, type TypedReader } from "./cell-readers.ts";
import { isField } from "./field-type.ts";
import {
  checkInstance,
  columnsByName,
  hasColumn,
  isForm,
  noComponent,
  noEntity,
  planTimes,
  type KnownColumns,
  type PlannedCells,
  type PlannedTimes,
} from "./plan-columns.ts";
import type { TreeRowsOptions } from "./tree-row.ts";

/** Makes the values of a part of a tree for a row, from the readers of the columns of a batch. */
type Shape = (readers: readonly TypedReader[]) => TypedReader;

/** Rows in the shape of a tree. */
export interface TreePlan {
  readonly times: PlannedTimes | undefined;
  readonly columns: readonly PlannedCells[];
  readonly shape: Shape;
  readonly options: QueryOptions;
}

const { contents: _contents, columns: _columns, ...ROW_OPTIONS } = QUERY_OPTIONS;
const KNOWN: OptionNames<TreeRowsOptions> = { ...ROW_OPTIONS, time: "function", instance: 1 };

/** Checks an entity of a tree, and finds its columns. @throws {TypeError} if the entity or an option is wrong */
export function planTree(store: StoreIndex, node: unknown, options: TreeRowsOptions, isLive: boolean): TreePlan {
  const definition = EntityNode.definitionOf(node);
  if (definition === undefined) throw invalidArgument("entity", "an entity of a tree of `defineTree`", node);
  checkQueryOptions("rows", options, KNOWN);
  const { time = BigInt, instance, ...query } = options;
  if (!isForm(time)) throw invalidArgument("time", "BigInt, Number or Date", time);
  checkInstance("instance", instance);
  const { path } = node as EntityNode;
  const planner = new TreePlanner(store, instance, isLive);
  const shape = planner.shapeOf(path, definition);
  const columns = planner.columns;
  if (columns.length === 0 && !isLive && store.columns.length > 0)
    throw argumentError("entity", `\`entity\` must have values in the recording: ${planner.noValues(path)}`);
  const { index } = query;
  const times =
    typeof index === "string" && (isLive || store.timelines.some(({ name }) => name === index))
      ? { key: "time", ...planTimes(store, "time", index, time, isLive) }
      : undefined;
  return { times, columns, shape, options: { ...query, columns: columns.map(({ name }) => name) } };
}

/** Yields the rows of a batch in the shape of a tree. */
export function* readTreeRows(batch: RecordBatch, plan: TreePlan): Generator<object, void, undefined> {
  const time = plan.times === undefined ? (): null => null : readerOf(batch, plan.times);
  const values = plan.shape(plan.columns.map((column) => readerOf(batch, column)));
  for (let row = 0; row < batch.numRows; row++) yield { time: time(row), values: values(row) };
}

class TreePlanner {
  readonly columns: PlannedCells[] = [];
  /** The planned entities of the tree, with the name of an archetype of each. */
  readonly #planned: [path: string, archetype: string][] = [];
  readonly #store: StoreIndex;
  readonly #known: KnownColumns;
  readonly #instance: number | undefined;
  readonly #isLive: boolean;
  /** The names of the recorded entities below each entity, found when `any` is used first. */
  #names: Map<string, Set<string>> | undefined;

  constructor(store: StoreIndex, instance: number | undefined, isLive: boolean) {
    this.#store = store;
    this.#known = columnsByName(store);
    this.#instance = instance;
    this.#isLive = isLive;
  }

  shapeOf(path: EntityPath, definition: EntityData | TreeDefinition): Shape {
    if (isArchetype(definition)) return this.#fields(path, definition);
    if (isList(definition)) {
      const shapes = definition.map((type) => this.#fields(path, type));
      return (readers) => {
        const reads = shapes.map((shape) => shape(readers));
        return (row) => reads.map((read) => read(row));
      };
    }
    const parts: [key: string | symbol, shape: Shape][] = [];
    const children = childDefinitions(definition);
    for (const [name, child] of Object.entries(children)) parts.push([name, this.shapeOf(path.join(name), child)]);
    const others = definition[any];
    if (others !== undefined) {
      for (const name of this.#recordedBelow(path))
        if (!Object.hasOwn(children, name)) parts.push([name, this.shapeOf(path.join(name), others)]);
    }
    const ownDefinition = definition[entity];
    if (ownDefinition !== undefined && archetypesOf(ownDefinition).length > 0)
      parts.push([entity, this.shapeOf(path, ownDefinition)]);
    return objectShape(parts);
  }

  /** The message for a tree without a column in the recording. */
  noValues(path: EntityPath): string {
    const found = this.#planned.map(([planned, archetype]) => noComponent(this.#store, planned, archetype));
    const lacking = found.filter((message) => message !== undefined);
    if (lacking.length > 0) return lacking.slice(0, 3).join("; ");
    const planned = [...new Set(this.#planned.map(([each]) => each))];
    return noEntity(this.#store, planned.length > 0 ? planned : [`${String(path)}/**`.replace("//", "/")]);
  }

  #fields(path: EntityPath, type: ArchetypeType): Shape {
    this.#planned.push([String(path), type.archetype.slice(type.archetype.lastIndexOf(".") + 1)]);
    return objectShape(fieldsOf(type).map(([name, field]) => [name, this.#cells(path, field)]));
  }

  #cells(path: EntityPath, field: TypedField<unknown>): Shape {
    const name = `${String(path)}:${field.descriptor.component}`;
    if (!hasColumn(this.#known, name, field, String(path)) && !this.#isLive) return () => () => null;
    const at = this.columns.push({ key: name, name, field, instance: this.#instance }) - 1;
    return (readers) => readers[at] ?? (() => null);
  }

  #recordedBelow(path: EntityPath): Iterable<string> {
    if (this.#names === undefined) {
      this.#names = new Map();
      for (const entityPath of new Set(this.#store.columns.map((column) => column.entityPath))) {
        if (isProperty(entityPath)) continue;
        let above = EntityPath.of();
        for (const part of EntityPath.parse(entityPath).parts) {
          const names = this.#names.get(String(above)) ?? new Set();
          this.#names.set(String(above), names.add(part));
          above = above.join(part);
        }
      }
    }
    return this.#names.get(String(path)) ?? [];
  }
}

/** The fields of an archetype by their names. */
function fieldsOf(type: ArchetypeType): [name: string, field: TypedField<unknown>][] {
  const fields: [string, TypedField<unknown>][] = [];
  for (const key in type) {
    const field = (type as unknown as Readonly<Record<string, unknown>>)[key];
    if (isField(field)) fields.push([field.label.slice(field.label.indexOf(".") + 1), field]);
  }
  return fields;
}

function objectShape(parts: readonly (readonly [key: string | symbol, shape: Shape])[]): Shape {
  return (readers) => {
    const cells = parts.map(([key, shape]) => ({ key, read: shape(readers) }));
    return (row) => {
      const values: Record<string | symbol, unknown> = {};
      for (const { key, read } of cells) {
        // Plain assignment to `__proto__` would set the prototype.
        if (key === "__proto__")
          Object.defineProperty(values, key, {
            value: read(row),
            enumerable: true,
            configurable: true,
            writable: true,
          });
        else values[key] = read(row);
      }
      return values;
    };
  };
}
