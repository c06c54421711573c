import { argumentError, describeValue, didYouMean, invalidArgument, suggestName } from "@rerun-ts/core/checks";
import { escapeEntityPathPart, type ComponentColumnList, type EntityPath } from "@rerun-ts/core";
import type { ComponentsOf } from "../define/archetype.ts";

// Both keys are the same in all copies of this package.

/** The key of all entities at a level of a tree without their own key. */
export const any: unique symbol = /* @__PURE__ */ Symbol.for("rerun-ts.tree.any");

/** The key of the data of an entity with children. */
export const entity: unique symbol = /* @__PURE__ */ Symbol.for("rerun-ts.tree.entity");

/** The class of an archetype, such as `rr.Scalars`, or a class of `defineArchetype`. */
export interface ArchetypeType<Name extends string = string> {
  /** The full name. */
  readonly archetype: Name;
  /** Clears all fields. */
  cleared(): ComponentsOf<Name>;
  /** Columns for `sendColumns`. */
  columns(fields: never): ComponentColumnList;
}

/** The data of an entity in a tree: an archetype, or several. */
export type EntityData = ArchetypeType | readonly ArchetypeType[];

/** A description for `defineTree`: entities by their names, each with its data or with its children. */
export interface TreeDefinition {
  readonly [name: string]: EntityData | TreeDefinition;
  /** All other entities of this level. */
  readonly [any]?: EntityData | TreeDefinition;
  /** The data of the entity itself. */
  readonly [entity]?: EntityData;
}

/** The archetypes of an entity, by its description. */
export function archetypesOf(definition: EntityData | TreeDefinition): readonly ArchetypeType[] {
  if (isArchetype(definition)) return [definition];
  if (isList(definition)) return definition;
  const own = definition[entity];
  return own === undefined ? [] : archetypesOf(own);
}

/** The children of an entity, by its description. */
export function childDefinitions(definition: EntityData | TreeDefinition): TreeDefinition {
  return isArchetype(definition) || isList(definition) ? {} : definition;
}

/** Whether a description is a list of archetypes. */
export function isList(definition: EntityData | TreeDefinition): definition is readonly ArchetypeType[] {
  return Array.isArray(definition);
}

/** Whether a description is one archetype. */
export function isArchetype(definition: unknown): definition is ArchetypeType {
  return typeof definition === "function" && typeof (definition as Partial<ArchetypeType>).archetype === "string";
}

/** The description of the entity with this name. @throws {TypeError} if there is none */
export function childDefinition(
  path: EntityPath,
  definition: TreeDefinition,
  name: string,
): EntityData | TreeDefinition {
  const found = Object.hasOwn(definition, name) ? definition[name] : definition[any];
  if (found !== undefined && typeof name === "string") return found;
  if (typeof name !== "string") throw invalidArgument("name", "the name of an entity", name);
  const names = Object.keys(definition);
  const known = names.length === 0 ? "has no entities below it" : `has ${names.slice(0, 10).join(", ")}`;
  throw argumentError(
    "name",
    `\`name\` must be an entity of the tree: ${String(path)} ${known}, got ` +
      didYouMean(name, suggestName(name, names)),
  );
}

/** A part of a description, and its parent. */
interface Part {
  readonly name: string;
  readonly value: unknown;
  readonly above: Part | undefined;
}

/** Checks a whole description, without recursion. @throws {TypeError} that names the entity */
export function checkTree(definition: TreeDefinition): void {
  const open: Part[] = [{ name: "", value: definition, above: undefined }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const { value, above } = part;
    if (above !== undefined && isData(value)) continue;
    if (typeof value !== "object" || value === null || Array.isArray(value) || isInstance(value))
      throw wrongEntity(part);
    for (let other = above; other !== undefined; other = other.above) {
      if (other.value !== value) continue;
      const problem = `but ${pathOf(part)} has an entity above it as a child`;
      throw argumentError("definition", `\`definition\` must be a tree, ${problem}`);
    }
    for (const [name, child] of Object.entries(value)) {
      if (name === "")
        throw argumentError("definition", `\`definition\` must have non-empty names, got "" at ${pathOf(part)}`);
      open.push({ name, value: child as unknown, above: part });
    }
    const { [any]: others, [entity]: own } = value as TreeDefinition;
    if (others !== undefined) open.push({ name: "*", value: others, above: part });
    if (own !== undefined && !isData(own)) throw wrongEntity({ ...part, value: own });
  }
}

/** Whether an object is an archetype with data, although a class is required. */
function isInstance(value: object): boolean {
  return "asComponents" in value && !Object.hasOwn(value, "asComponents");
}

function isData(value: unknown): boolean {
  return isArchetype(value) || (Array.isArray(value) && value.length > 0 && value.every(isArchetype));
}

/** The path of a part, with an asterisk for all other entities. */
function pathOf(part: Part): string {
  let path = "";
  for (let each: Part | undefined = part; each?.above !== undefined; each = each.above)
    path = `/${each.name === "*" ? each.name : escapeEntityPathPart(each.name)}${path}`;
  return path || "/";
}

function wrongEntity(part: Part): TypeError {
  return argumentError(
    "definition",
    `\`definition\` must have archetypes such as rr.Scalars, lists of them, or objects of entities, ` +
      `got ${describeValue(part.value)} at ${pathOf(part)}`,
  );
}
