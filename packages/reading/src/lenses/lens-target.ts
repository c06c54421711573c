import { ComponentColumn, type ComponentDescriptor, type RowWriter } from "@rerun-ts/core";
import { argumentError, invalidArgument } from "@rerun-ts/core/checks";
import { fieldOf, type ComponentField } from "@rerun-ts/core/encode";
import { Field, type DataType } from "apache-arrow";
import { chunkFromColumns } from "../chunks/new-chunk.ts";
import { listOfType } from "../chunks/list-of-type.ts";
import { listType } from "../store/arrow-types.ts";
import type { ChunkColumn } from "../store/chunk-data.ts";
import type { ArchetypeClass, LensTarget } from "./lens.ts";

/** The component that a lens makes. */
export interface ResolvedTarget {
  /** The name of the component. */
  readonly component: string;
  /** Its field in archetypes, which converts values of functions. `undefined` for other components. */
  readonly field: ComponentField | undefined;
  /** The Arrow type of an instance, if known. */
  readonly itemType: DataType | undefined;
  /** The field of a column whose instances have this type. */
  column(itemType: DataType): Field;
}

/**
 * The component of a target, or of the column that a lens replaces.
 * @throws {TypeError} if the target is not a component
 */
export function resolveTarget(target: LensTarget | undefined, from: ChunkColumn): ResolvedTarget {
  return target === undefined ? described(from.name, from.field.metadata) : targetOf(target);
}

/** The component of a target. @throws {TypeError} if the target is not a component */
export function targetOf(target: LensTarget): ResolvedTarget {
  if (typeof target === "string" && target !== "") return described(target, new Map());
  if (typeof target === "function") return ofField(requiredField(target), target.archetype);
  if (typeof target === "object" && target !== null && "field" in target) {
    const { archetype, field } = target;
    if (typeof archetype === "function") return ofField(namedField(archetype, field), archetype.archetype);
  }
  if (typeof target === "object" && target !== null && "component" in target && typeof target.component === "string")
    return ofDescriptor(target);
  throw invalidArgument("as", "an archetype, one of its fields, or the name or descriptor of a component", target);
}

function ofDescriptor({ component, archetype, componentType }: ComponentDescriptor): ResolvedTarget {
  const metadata = new Map<string, string>();
  if (archetype !== undefined) metadata.set("rerun:archetype", archetype);
  if (componentType !== undefined) metadata.set("rerun:component_type", componentType);
  return described(component, metadata);
}

function described(component: string, known: ReadonlyMap<string, string>): ResolvedTarget {
  const metadata = new Map([...known, ["rerun:component", component], ["rerun:kind", "data"]]);
  return {
    component,
    field: undefined,
    itemType: undefined,
    column: (itemType) => new Field(component, listOfType(itemType), true, metadata),
  };
}

const columnsOfFields = /* @__PURE__ */ new WeakMap<ComponentField, ChunkColumn>();

function ofField(field: ComponentField, archetype: string): ResolvedTarget {
  let column = columnsOfFields.get(field);
  if (column === undefined) {
    [column] = chunkFromColumns("/", { columns: [new ComponentColumn(field, [], [])] }).layout.components;
    if (column === undefined) throw argumentError("as", `\`as\` cannot be a field of ${archetype}`);
    columnsOfFields.set(field, column);
  }
  const { name, field: stored } = column;
  return { component: name, field, itemType: itemTypeOf(stored), column: () => stored };
}

function itemTypeOf({ type }: Field): DataType {
  return listType(type).valueType as DataType;
}

/** The first field that an archetype writes, which is the required one. */
function requiredField(archetype: ArchetypeClass): ComponentField {
  let firstField: ComponentField | undefined;
  const row = {
    add: () => {},
    write: () => {},
    field: (field: ComponentField) => void (firstField ??= field),
  };
  try {
    new archetype([] as never).asComponents(row as unknown as RowWriter);
  } catch {
    // Archetypes whose first argument is an options object throw here.
  }
  if (firstField !== undefined) return firstField;
  const names = fieldNames(archetype);
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return namedField(archetype, only);
  throw argumentError(
    "as",
    `\`as\` must name a field, because ${archetype.archetype} has no single one: { archetype, field: "…" } with one of ${names.join(", ")}`,
  );
}

function namedField(archetype: ArchetypeClass, field: string): ComponentField {
  const [column] = archetype.columns({ [field]: [] } as never);
  // A field that does not exist is a column that throws.
  const found = column && fieldOf(column);
  // `columns` represents an unknown field by a column that throws.
  if (found === undefined || found.descriptor.component.endsWith(":"))
    throw invalidArgument("as.field", `a field of ${archetype.archetype}: ${fieldNames(archetype).join(", ")}`, field);
  return found;
}

/**
 * The names of all fields of an archetype: those of its static properties that are fields. Classes with conveniences
 * inherit these.
 */
function fieldNames(archetype: object | null): string[] {
  if (archetype === null || archetype === Function.prototype) return [];
  const own = Object.entries(archetype)
    .filter(([, value]) => typeof value === "object" && value !== null && "descriptor" in value)
    .map(([name]) => name);
  return [...new Set([...own, ...fieldNames(Object.getPrototypeOf(archetype) as object | null)])];
}
