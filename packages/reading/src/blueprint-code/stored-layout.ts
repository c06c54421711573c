import { RerunError } from "@rerun-ts/core";
import { getOrAdd } from "@rerun-ts/core/util";
import { DataType, type Data } from "apache-arrow";
import { isValid } from "../arrays/is-valid.ts";
import { chunkDataOf, type Chunk } from "../reading/chunk.ts";
import { isByte } from "../values/plain-values.ts";
import { Literals } from "./literals.ts";
import { listExpression, textExpression, type Expression } from "./expression.ts";

/** The latest value of a component. */
interface StoredComponent {
  readonly archetype: string | undefined;
  readonly componentType: string | undefined;
  readonly data: Data;
  /** The places of the instances in `data`. */
  readonly start: number;
  readonly end: number;
}

/** A row of a blueprint, with its sort keys. */
interface StoredRow {
  readonly path: string;
  readonly order: readonly [isStatic: number, time: bigint, id: string];
  readonly cells: ReadonlyMap<string, StoredComponent>;
}

/** The names of structural facts that layouts in code need not have: the viewer's notes to itself. */
const IGNORED = new Set(["ViewportBlueprint:past_viewer_recommendations"]);
const UUID_BYTES = 16;
const CLEAR = "Clear:is_recursive";
/** The timeline of blueprints. Viewers read no other. */
const TIMELINE = "blueprint";

/** The latest components of a blueprint by path, with a note of which were used. */
export class StoredLayout {
  readonly #literals: Literals = new Literals();
  readonly #paths: Map<string, Map<string, StoredComponent>> = new Map();
  readonly #used: Set<StoredComponent> = new Set();

  private constructor(rows: readonly StoredRow[]) {
    for (const { path, cells } of rows) {
      const clear = cells.get(CLEAR);
      if (clear !== undefined) this.#clear(path, clear);
      const known = getOrAdd(this.#paths, path, () => new Map<string, StoredComponent>());
      for (const [name, component] of cells) if (component !== clear) known.set(name, component);
    }
  }

  /** Reads all chunks of a blueprint. */
  static async read(chunks: AsyncIterable<Chunk>): Promise<StoredLayout> {
    const rows: StoredRow[] = [];
    for await (const chunk of chunks) for (const row of rowsOf(chunk)) rows.push(row);
    return new StoredLayout(rows.sort(byOrder));
  }

  /** The paths that begin with another one. */
  below(path: string): readonly string[] {
    return [...this.#paths.keys()].filter((each) => each.startsWith(`${path}/`));
  }

  /** Whether there is a component. */
  has(path: string, component?: string): boolean {
    const found = this.#paths.get(path);
    return component === undefined ? found !== undefined : found?.has(component) === true;
  }

  /** The instances of a component in code, or `undefined` if the component is missing. */
  instances(path: string, name: string): readonly Expression[] | undefined {
    const component = this.#paths.get(path)?.get(name);
    if (component === undefined) return undefined;
    this.#used.add(component);
    const { data, start, end, componentType } = component;
    return Array.from({ length: end - start }, (_, index) =>
      this.#literals.instance(data, start + index, componentType),
    );
  }

  /** The only instance of a component, or `undefined` if the component is missing or cleared. */
  single(path: string, name: string): Expression | undefined {
    return this.instances(path, name)?.[0];
  }

  /** The value of a component: its only instance, or the list of them. */
  value(path: string, name: string): Expression | undefined {
    const found = this.instances(path, name);
    const [only] = found ?? [];
    return only !== undefined && found?.length === 1 ? only : found && listExpression(found);
  }

  /** The strings of a component. */
  strings(path: string, name: string): readonly string[] | undefined {
    return this.instances(path, name)?.map((value) => {
      if (typeof value !== "string" || !value.startsWith('"')) throw wrongType(path, name, "strings");
      return JSON.parse(value) as string;
    });
  }

  /** The UUIDs of a component. */
  uuids(path: string, name: string): readonly string[] {
    const component = this.#paths.get(path)?.get(name);
    if (component === undefined) return [];
    this.#used.add(component);
    const { data, start, end } = component;
    const [items] = data.children;
    const isUuid = DataType.isFixedSizeList(data.type) && data.type.listSize === UUID_BYTES;
    if (!isUuid || items === undefined || !isByte(items.type)) throw wrongType(path, name, "UUIDs");
    const bytes = items.values as Uint8Array;
    return Array.from({ length: end - start }, (_, index) => uuidText(bytes.subarray(UUID_BYTES * (start + index))));
  }

  /** The names of the components of each archetype at a path, in the order of their rows. */
  archetypes(path: string): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>();
    for (const [name, { archetype }] of this.#paths.get(path) ?? [])
      getOrAdd(found, archetype ?? "", () => []).push(name);
    return found;
  }

  /** Leaves out components of a path for a good reason. */
  ignore(path: string, ...names: readonly string[]): void {
    for (const name of names) {
      const component = this.#paths.get(path)?.get(name);
      if (component !== undefined) this.#used.add(component);
    }
  }

  /** The components that were not used, as `PATH COMPONENT`. */
  unused(): readonly string[] {
    return [...this.#paths].flatMap(([path, components]) =>
      [...components]
        .filter(([name, component]) => !this.#used.has(component) && !IGNORED.has(name))
        .map(([name]) => `${path} ${name}`),
    );
  }

  #clear(path: string, { data, start }: StoredComponent): void {
    const isRecursive = this.#literals.instance(data, start, undefined) === "true";
    this.#paths.delete(path);
    if (isRecursive) for (const each of this.below(path === "/" ? "" : path)) this.#paths.delete(each);
  }
}

function* rowsOf(chunk: Chunk): Generator<StoredRow, void> {
  const data = chunkDataOf(chunk);
  const timeline = data.layout.timelines.find(({ name }) => name === TIMELINE);
  const times = timeline === undefined ? undefined : data.times(timeline);
  const columns = data.layout.components.map((column) => {
    const { name, field } = column;
    const archetype = field.metadata.get("rerun:archetype");
    const componentType = field.metadata.get("rerun:component_type");
    return { name, values: data.values(column), archetype, componentType };
  });
  for (let row = 0; row < data.rows; row++) {
    const cells = new Map<string, StoredComponent>();
    for (const { name, values, ...names } of columns) {
      if (!isValid(values, row)) continue;
      const [start, end] = [values.valueOffsets[row] as number, values.valueOffsets[row + 1] as number];
      cells.set(name, { ...names, data: values.children[0] as Data, start, end });
    }
    // Static values take precedence over all others.
    const order = [chunk.isStatic ? 1 : 0, times?.[row] ?? 0n, data.rowId(row)] as const;
    yield { path: chunk.entityPath, order, cells };
  }
}

function byOrder({ order: a }: StoredRow, { order: b }: StoredRow): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1;
  return a[2] < b[2] ? -1 : 1;
}

function uuidText(bytes: Uint8Array): string {
  const digits = Array.from(bytes.subarray(0, UUID_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function wrongType(path: string, name: string, expected: string): RerunError {
  return new RerunError("INVALID_FORMAT", `the layout has ${name} of ${path}, which must be ${expected}`);
}

/** Strings as an option takes them: one, or a list. */
export function stringsOption(values: readonly string[]): Expression {
  const [only] = values;
  return only !== undefined && values.length === 1 ? textExpression(only) : listExpression(values.map(textExpression));
}
