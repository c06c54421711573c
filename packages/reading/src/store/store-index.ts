import { EntityPath, type StoreId } from "@rerun-ts/core";
import { compareStrings, getOrAdd } from "@rerun-ts/core/util";
import type { DataType, Field } from "apache-arrow";
import { listType, typeKey, typeOfTimeline } from "./arrow-types.ts";
import type { ChunkData } from "./chunk-data.ts";
import type { ChunkInfo, ComponentColumn, IndexColumn } from "./chunk-info.ts";
import { comparePaths } from "./compare-paths.ts";
import type { DescribedChunk } from "./describe-chunk.ts";

/** A column as it is found, chunk by chunk. */
type Found = { -readonly [Key in keyof ComponentColumn]: ComponentColumn[Key] };

/** The archetype that clears entities. */
const CLEAR = "rerun.archetypes.Clear";

/** Contents of a recording or a blueprint: its timelines, components and chunks, without their rows. */
export class StoreIndex {
  /** The recording or the blueprint. */
  readonly storeId: StoreId;
  /** The program that logged the recording, if known. */
  source: string | undefined;
  #chunks: ChunkInfo[] = [];
  readonly #byId = new Map<string, ChunkInfo>();
  readonly #timelines = new Map<string, DataType>();
  readonly #columns = new Map<string, Found>();
  /** The columns that chunks have with more than one type. */
  readonly #conflicts = new Map<string, DataType>();
  #sorted: readonly ComponentColumn[] | undefined;
  #byEntity: ReadonlyMap<string, readonly ChunkInfo[]> | undefined;

  constructor(storeId: StoreId) {
    this.storeId = storeId;
  }

  /** The chunks, in the order in which they were added. */
  get chunks(): readonly ChunkInfo[] {
    return this.#chunks;
  }

  /** The chunks of each entity, by path, in the same order. */
  get chunksByEntity(): ReadonlyMap<string, readonly ChunkInfo[]> {
    return (this.#byEntity ??= byEntity(this.#chunks));
  }

  /** The timelines, sorted by name. */
  get timelines(): readonly IndexColumn[] {
    return [...this.#timelines].map(([name, type]) => ({ name, type })).sort((a, b) => compareStrings(a.name, b.name));
  }

  /** The components, in the order of Rerun's tables. */
  get columns(): readonly ComponentColumn[] {
    return (this.#sorted ??= sortColumns([...this.#columns.values()]));
  }

  /** A second type of a component's column, or `undefined` if all chunks have the same type. */
  conflictOf(column: ComponentColumn): DataType | undefined {
    return this.#conflicts.get(columnKey(column.entityPath, column.component));
  }

  /**
   * Adds a chunk. Ignores a second chunk with the same id, because it is the same chunk. Returns whether it was added.
   */
  addChunk(info: ChunkInfo): boolean {
    if (this.#byId.has(info.id)) return false;
    this.#byId.set(info.id, info);
    this.#chunks.push(info);
    this.#byEntity = undefined;
    return true;
  }

  chunkWithId(id: string): ChunkInfo | undefined {
    return this.#byId.get(id);
  }

  /** Removes chunks. Their columns stay. */
  removeChunks(ids: ReadonlySet<string>): void {
    for (const id of ids) this.#byId.delete(id);
    this.#chunks = this.#chunks.filter(({ id }) => !ids.has(id));
    this.#byEntity = undefined;
  }

  /** Adds a chunk that was read, with its columns. */
  addDescribed({ info, filled }: DescribedChunk, chunk: ChunkData): boolean {
    if (info.rows === 0 || !this.addChunk(info)) return false;
    for (const { name, field } of chunk.layout.timelines) this.addTimeline(name, field.type);
    const isStatic = chunk.layout.timelines.length === 0;
    for (const { name, field } of chunk.layout.components) {
      this.addColumn(info.entityPath, name, field, { isStatic: isStatic, isEmpty: !filled.has(name) });
    }
    return true;
  }

  /** Adds a timeline. @throws {RerunError} `INVALID_FORMAT` if times cannot have this type */
  addTimeline(name: string, type: DataType): void {
    this.#timelines.set(name, typeOfTimeline(name, type));
  }

  /** Adds a column, or merges another chunk's variant of it. */
  addColumn(
    entityPath: string,
    component: string,
    field: Field,
    { isStatic, isEmpty }: { readonly isStatic: boolean; readonly isEmpty: boolean },
  ): void {
    const key = columnKey(entityPath, component);
    const column = this.#columns.get(key);
    const type = listType(field.type);
    if (column !== undefined) {
      column.isStatic ||= isStatic;
      column.isSemanticallyEmpty &&= isEmpty;
      if (column.type !== type && typeKey(column.type) !== typeKey(type)) this.#conflicts.set(key, type);
      return;
    }
    const archetype = field.metadata.get("rerun:archetype");
    this.#columns.set(key, {
      name: columnName(entityPath, component),
      entityPath,
      component,
      archetype,
      componentType: field.metadata.get("rerun:component_type"),
      type,
      isStatic,
      isTombstone: archetype === CLEAR,
      isSemanticallyEmpty: isEmpty,
    });
    this.#sorted = undefined;
  }
}

function columnKey(entityPath: string, component: string): string {
  return `${entityPath}\0${component}`;
}

const PROPERTIES = "/__properties";

/** The name of a component's column in tables. */
export function columnName(entityPath: string, component: string): string {
  if (entityPath === PROPERTIES) return `property:${component}`;
  if (entityPath.startsWith(`${PROPERTIES}/`))
    return `property:${entityPath.slice(PROPERTIES.length + 1)}:${component}`;
  return `${entityPath}:${component}`;
}

/** Whether an entity holds properties of the recording rather than data. */
export function isProperty(entityPath: string): boolean {
  return entityPath === PROPERTIES || entityPath.startsWith(`${PROPERTIES}/`);
}

function sortColumns(columns: readonly ComponentColumn[]): readonly ComponentColumn[] {
  const parts = new Map(columns.map(({ entityPath }) => [entityPath, EntityPath.parse(entityPath).parts]));
  const partsOf = ({ entityPath }: ComponentColumn): readonly string[] => parts.get(entityPath) ?? [];
  return [...columns].sort(
    (a, b) =>
      (a.entityPath === b.entityPath ? 0 : comparePaths(partsOf(a), partsOf(b))) ||
      compareStrings(a.archetype ?? "", b.archetype ?? "") ||
      compareStrings(a.component, b.component) ||
      compareStrings(a.componentType ?? "", b.componentType ?? ""),
  );
}

/** Groups chunks by entity. */
export function byEntity(chunks: readonly ChunkInfo[]): ReadonlyMap<string, readonly ChunkInfo[]> {
  const groups = new Map<string, ChunkInfo[]>();
  for (const chunk of chunks) {
    getOrAdd(groups, chunk.entityPath, () => []).push(chunk);
  }
  return groups;
}
