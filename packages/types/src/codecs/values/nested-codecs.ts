import type { ArrowField, ArrowType } from "@rerun-ts/core";
import { InvalidValueError, problemWith, withinKey, wrongCount, wrongType } from "@rerun-ts/core/checks";
import {
  FixedSizeListBuilder,
  ListBuilder,
  StructBuilder,
  UnionBuilder,
  type ArrayBuilder,
} from "@rerun-ts/core/encode";
import { appendAll, appendOne, isTypedArray, valueCodec, type ValueCodec } from "./value-codec.ts";

type ArrowTypeOf<Name extends ArrowType["type"]> = Extract<ArrowType, { readonly type: Name }>;

/** Lists of any length: arrays and typed arrays. */
export function list(arrow: ArrowTypeOf<"List">, item: ValueCodec): ValueCodec<ListBuilder> {
  return valueCodec({
    arrow,
    createBuilder: () => new ListBuilder(arrow, item.createBuilder()),
    one(value, target): void {
      appendAll(item, checkList(value, "a list: an array or a typed array"), target.item, arrow.item.nullable);
      target.close();
    },
  });
}

/** Lists of a fixed length. A typed array may have the items of several lists. */
export function fixedSizeList(arrow: ArrowTypeOf<"FixedSizeList">, item: ValueCodec): ValueCodec<FixedSizeListBuilder> {
  const { size } = arrow;
  return valueCodec({
    arrow,
    createBuilder: () => new FixedSizeListBuilder(arrow, item.createBuilder()),
    one(value, target): void {
      const expected = `a list of ${size} items`;
      const items = checkList(value, expected);
      const before = target.item.length;
      appendAll(item, items, target.item, arrow.item.nullable);
      const count = target.item.length - before;
      if (count !== size) throw wrongCount(expected, `${count} items`);
    },
    many(values, target): void {
      const before = target.item.length;
      appendAll(item, values, target.item, arrow.item.nullable);
      const count = target.item.length - before;
      if (count % size !== 0) throw wrongCount(`lists of ${size} items, one after the other`, `${count} items`);
    },
  });
}

/** Structs, given as objects by field name. */
export function struct(arrow: ArrowTypeOf<"Struct">, codecs: readonly ValueCodec[]): ValueCodec<StructBuilder> {
  const { fields } = arrow;
  const names = new Set(fields.map(({ name }) => name));
  const listed = fields.map(({ name }) => name).join(", ");
  return valueCodec({
    arrow,
    createBuilder: () =>
      new StructBuilder(
        arrow,
        codecs.map((codec) => codec.createBuilder()),
      ),
    one(value, target): void {
      const object = checkObject(value, `an object with ${listed}`);
      for (const key of Object.keys(object)) {
        if (!names.has(key) && object[key] !== undefined)
          throw problemWith(undefined, `has the unknown key \`${key}\`; keys: ${listed}`);
      }
      for (let index = 0; index < fields.length; index++) {
        const field = fields[index] as ArrowField;
        appendField(field, codecs[index] as ValueCodec, object[field.name], target.fields[index] as ArrayBuilder);
      }
      target.close();
    },
  });
}

/** Unions, given as objects whose only key names the variant. */
export function union(arrow: ArrowTypeOf<"Union">, codecs: readonly ValueCodec[]): ValueCodec<UnionBuilder> {
  const { fields } = arrow;
  const expected = `an object with one of the keys ${fields.map(({ name }) => name).join(", ")}`;
  return valueCodec({
    arrow,
    createBuilder: () =>
      new UnionBuilder(
        arrow,
        codecs.map((codec) => codec.createBuilder()),
      ),
    one(value, target): void {
      const object = checkObject(value, expected);
      const [key, ...others] = Object.keys(object);
      const index = others.length > 0 ? -1 : fields.findIndex(({ name }) => name === key);
      const field = fields[index];
      if (field === undefined) throw wrongType(expected, value);
      appendField(field, codecs[index] as ValueCodec, object[field.name], target.select(index));
    },
  });
}

function appendField({ name, nullable }: ArrowField, codec: ValueCodec, value: unknown, target: ArrayBuilder): void {
  try {
    appendOne(codec, value, target, nullable);
  } catch (error) {
    throw error instanceof InvalidValueError ? withinKey(error, name) : error;
  }
}

function checkList(value: unknown, expected: string): ArrayLike<unknown> {
  if (Array.isArray(value) || isTypedArray(value)) return value;
  throw wrongType(expected, value);
}

function checkObject(value: unknown, expected: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !(Symbol.iterator in value))
    return value as Readonly<Record<string, unknown>>;
  throw wrongType(expected, value);
}
