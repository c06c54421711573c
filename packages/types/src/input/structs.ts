import {
  InvalidValue,
  StructBuilder,
  describeValue,
  forEachIndex,
  toList,
  wrongType,
  type ArrayBuilder,
} from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";

/** A field of a struct. */
export interface StructField {
  /** The key of the object that users write. */
  readonly name: string;
  /** The name in Arrow, if it is another one. */
  readonly nativeName?: string;
  readonly encoding: Encoding<never>;
  /** Whether the value may be absent or null. */
  readonly isNullable?: boolean;
  /** Whether it must be there, though Arrow would allow a null: Rerun has unions so. */
  readonly isRequired?: boolean;
  /** What an absent value means. */
  readonly fallback?: unknown;
}

/** Other forms that a struct may come in. */
export interface StructForms {
  /** How they are called in messages; they come before the object's. */
  readonly expected?: string;
  /** The field that a text, number or boolean alone stands for. */
  readonly shorthand?: string;
  /** Turns another form of one struct into an object. */
  readonly normalize?: (value: unknown) => unknown;
  /** Whether the values are one struct, though they are a list. */
  readonly isOne?: (values: object) => boolean;
}

/** Structs, which come as objects. */
export function structs<Input>(
  fields: readonly StructField[],
  forms: StructForms = {},
): Encoding<Input, StructBuilder> {
  const { shorthand, normalize, isOne } = forms;
  const names = fields.map((field) => (isOptional(field) ? `${field.name}?` : field.name));
  const known = new Set(fields.map(({ name }) => name));
  const expected = `${forms.expected ?? ""}{ ${names.join(", ")} }, or a list of such`;
  const arrow = {
    type: "Struct" as const,
    fields: fields.map(({ name, nativeName = name, isNullable = false, encoding }) => {
      return { name: nativeName, nullable: isNullable, type: encoding.arrow };
    }),
  };

  const isSingle = (values: unknown): boolean => {
    if (typeof values !== "object" || values === null) return shorthand !== undefined && typeof values !== "object";
    return isOne?.(values) ?? !(Symbol.iterator in values);
  };
  const appendOne = (builder: StructBuilder, value: unknown): void => {
    const isPlain = typeof value !== "object" || value === null;
    const long = shorthand !== undefined && isPlain ? { [shorthand]: value } : value;
    const object = normalize?.(long) ?? long;
    if (typeof object !== "object" || object === null || Symbol.iterator in object) throw wrongType(expected, value);
    for (const key in object) {
      if (!known.has(key)) throw new InvalidValue(`given no other keys than ${names.join(", ")}`, `\`${key}\``, false);
    }
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index] as StructField;
      appendField(field, (object as Record<string, unknown>)[field.name], builder.fields[index] as ArrayBuilder);
    }
    builder.close();
  };
  return {
    arrow,
    createBuilder: () =>
      new StructBuilder(
        arrow,
        fields.map(({ encoding }) => encoding.createBuilder()),
      ),
    append(values, builder): void {
      if (isSingle(values)) return appendOne(builder, values);
      const list = toList(values, expected);
      forEachIndex(list.length, (index) => appendOne(builder, list[index]));
    },
  };
}

function isOptional({ isNullable = false, isRequired = false, fallback }: StructField): boolean {
  return (isNullable && !isRequired) || fallback !== undefined;
}

function appendField(field: StructField, given: unknown, target: ArrayBuilder): void {
  const { name, encoding, fallback } = field;
  const value = given ?? fallback;
  if (value === undefined || value === null) {
    if (isOptional(field)) return target.appendNull();
    throw new InvalidValue("given", describeValue(value), false).within(name);
  }
  try {
    appendSingle(encoding, value, target);
  } catch (error) {
    throw error instanceof InvalidValue ? error.within(name) : error;
  }
}

/** Appends what must be exactly one value. Throws `InvalidValue`. */
export function appendSingle(encoding: Encoding<never>, value: unknown, target: ArrayBuilder): void {
  const before = target.length;
  encoding.append(value as never, target, -1);
  const count = target.length - before;
  if (count !== 1) throw new InvalidValue("one value", `${count} values`, true);
}
