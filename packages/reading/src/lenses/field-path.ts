import { argumentError } from "@rerun-ts/core/checks";
import type { Data } from "apache-arrow";
import { DataType, Utf8 } from "apache-arrow";
import { gather, nulls } from "../arrays/gather.ts";
import { isValid } from "../arrays/is-valid.ts";
import { childFieldsOf, typeText } from "../arrays/layout.ts";
import { NULL_SOURCE, RowRanges } from "../arrays/row-ranges.ts";
import type { Instances } from "../chunks/instances.ts";

/**
 * A step of a path: a field of a struct, an element of a list, all of its elements, or the values that are not null.
 */
type Step =
  | { readonly kind: "field"; readonly name: string; readonly isOptional: boolean }
  | { readonly kind: "element"; readonly index: number; readonly isOptional: boolean }
  | { readonly kind: "elements"; readonly isOptional: boolean }
  | { readonly kind: "present" };

const STEP = /(?:\.?(?<name>[^.[\]!?]+)|\.?\[(?<index>\d*)\])(?<optional>\?)?|(?<present>!)/y;

/**
 * Parses a path such as `pose.position.x`, `ranges[0]`, `points[].x` or `x!`: fields of structs, one element of a list,
 * all elements as instances, and `!` for the values that are not null. `?` after a field or an element makes it null
 * where there is no such field, or no list.
 *
 * @throws {TypeError} if the text is no such path
 */
export function parseFieldPath(path: string): readonly Step[] {
  const steps: Step[] = [];
  const text = path === "." ? "" : path;
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const start = STEP.lastIndex;
    const groups = STEP.exec(text)?.groups;
    if (groups === undefined)
      throw argumentError(
        "value",
        `\`value\` must be a path such as \`pose.x\`, \`ranges[0]\` or \`points[].x\`, got ${JSON.stringify(path)}, which is wrong at character ${start}`,
      );
    const { name, optional, index } = groups;
    const isOptional = optional !== undefined;
    if (name !== undefined) steps.push({ kind: "field", name, isOptional });
    else if (index === "") steps.push({ kind: "elements", isOptional });
    else if (index !== undefined) steps.push({ kind: "element", index: Number(index), isOptional });
    else steps.push({ kind: "present" });
  }
  return steps;
}

/** The values at a path, of each instance of each row. @throws {TypeError} if a field is missing */
export function valuesAt(instances: Instances, path: string): Instances {
  return valuesOf(instances, parseFieldPath(path), path);
}

/** Whether a path gives one value for each instance, apart from `!`. */
export function isSingle(path: string): boolean {
  return parseFieldPath(path).every(({ kind }) => kind !== "elements");
}

/** The value at a path of each instance, null or not. @throws {TypeError} if a field is missing */
export function singleValuesAt(instances: Instances, path: string): Data {
  const steps = parseFieldPath(path).filter(({ kind }) => kind !== "present");
  return valuesOf(instances, steps, path).items;
}

function valuesOf(instances: Instances, steps: readonly Step[], path: string): Instances {
  let found = instances;
  for (const [index, step] of steps.entries()) {
    if (isMissing(found.items, step)) return missing(found, steps.slice(index));
    found = follow(found, step, path);
  }
  return found;
}

/** Whether there is no such field or element, and it is optional. */
function isMissing({ type }: Data, step: Step): boolean {
  if (step.kind === "present" || !step.isOptional) return false;
  if (step.kind !== "field") return !isListType(type);
  return !DataType.isStruct(type) || !childFieldsOf(type).some((field) => field.name === step.name);
}

function isListType(type: DataType): boolean {
  return DataType.isFixedSizeList(type) || DataType.isList(type) || DataType.isLargeList(type);
}

/** Null for each instance, or no instances if the rest of the path takes elements or what is not null. */
function missing({ items, offsets, isLost }: Instances, rest: readonly Step[]): Instances {
  const none = rest.some(({ kind }) => kind === "elements" || kind === "present");
  if (!none) return { items: nulls(new Utf8(), items.length), offsets, isLost };
  return {
    items: nulls(new Utf8(), 0),
    offsets: new Int32Array(offsets.length),
    isLost: (row) => isLost?.(row) === true || offsets[row] !== offsets[row + 1],
  };
}

function follow(instances: Instances, step: Step, path: string): Instances {
  const { items } = instances;
  switch (step.kind) {
    case "field":
      return { ...instances, items: fieldOf(items, step.name, path) };
    case "element":
      return { ...instances, items: elementOf(items, step.index, path) };
    case "elements":
      return elementsOf(instances, path);
    case "present":
    default:
      return presentOf(instances);
  }
}

function fieldOf(items: Data, name: string, path: string): Data {
  const fields = DataType.isStruct(items.type) ? childFieldsOf(items.type) : undefined;
  const index = fields?.findIndex((field) => field.name === name) ?? -1;
  const child = items.children[index];
  if (child !== undefined) return withNullsOf(items, child);
  const names = fields?.map((field) => JSON.stringify(field.name)).join(", ");
  throw wrongStep(path, `has no field ${JSON.stringify(name)}`, names === undefined ? items : `the fields ${names}`);
}

/** The child of an array of structs, where a struct that is null has null fields. */
function withNullsOf(parent: Data, child: Data): Data {
  if (parent.nullCount === 0) return child;
  const ranges = new RowRanges();
  for (let row = 0; row < parent.length; row++) ranges.push(isValid(parent, row) ? 0 : NULL_SOURCE, row, 1);
  return gather(child.type, [child], ranges);
}

/** Reads the beginning and the end of each list. @throws {TypeError} if the array has no lists */
function listRanges(items: Data, path: string): (row: number) => readonly [start: number, end: number] {
  const { type } = items;
  if (DataType.isFixedSizeList(type)) return (row) => [row * type.listSize, (row + 1) * type.listSize];
  if (!DataType.isList(type) && !DataType.isLargeList(type)) throw wrongStep(path, "is not a list", items);
  const offsets = items.valueOffsets as Int32Array | BigInt64Array;
  return (row) => [Number(offsets[row]), Number(offsets[row + 1])];
}

function elementOf(items: Data, index: number, path: string): Data {
  const rangeOf = listRanges(items, path);
  const ranges = new RowRanges();
  for (let row = 0; row < items.length; row++) {
    const [start, end] = rangeOf(row);
    const has = isValid(items, row) && start + index < end;
    ranges.push(has ? 0 : NULL_SOURCE, start + index, 1);
  }
  const child = items.children[0] as Data;
  return gather(child.type, [child], ranges);
}

function elementsOf({ items, offsets, isLost }: Instances, path: string): Instances {
  const rangeOf = listRanges(items, path);
  const ranges = new RowRanges();
  const own = new Int32Array(offsets.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
      if (!isValid(items, at)) continue;
      const [start, end] = rangeOf(at);
      ranges.push(0, start, end - start);
    }
    own[row + 1] = ranges.length;
  }
  const child = items.children[0] as Data;
  return {
    items: gather(child.type, [child], ranges),
    offsets: own,
    isLost: items.nullCount === 0 ? isLost : (row) => isLost?.(row) === true || areNull(items, offsets, row),
  };
}

/** Whether a row has instances, and all are null. */
function areNull(items: Data, offsets: Int32Array, row: number): boolean {
  const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
  for (let at = start; at < end; at++) if (isValid(items, at)) return false;
  return start < end;
}

/** The instances that are not null. */
export function presentOf(instances: Instances): Instances {
  const { items, offsets, isLost } = instances;
  if (items.nullCount === 0) return instances;
  const ranges = new RowRanges();
  const own = new Int32Array(offsets.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++)
      if (isValid(items, at)) ranges.push(0, at, 1);
    own[row + 1] = ranges.length;
  }
  return {
    items: gather(items.type, [items], ranges),
    offsets: own,
    isLost: (row) => isLost?.(row) === true || areNull(items, offsets, row),
  };
}

function wrongStep(path: string, problem: string, got: Data | string): TypeError {
  const what = typeof got === "string" ? got : `the type ${typeText(got.type)}`;
  return argumentError(
    "value",
    `\`value\` must be a path in the component, but at ${JSON.stringify(path)} it ${problem}: it has ${what}`,
  );
}
