import { forEachIndex, InvalidValueError, problemWith, toArrayLike, withinKey, wrongType } from "@rerun-ts/core/checks";
import { StructBuilder, type ArrayBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";

export interface StructField {
  /** The key in the objects that users write. */
  readonly name: string;
  /** The name in Arrow, if it differs. */
  readonly nativeName?: string;
  readonly codec: Codec<never>;
  /** Whether the value may be absent or null. */
  readonly isNullable?: boolean;
  /** Whether the value is required although the Arrow field is nullable, as Rerun declares unions. */
  readonly isRequired?: boolean;
  /** The value that an absent one stands for. */
  readonly fallback?: unknown;
}

/** Other forms in which a struct may be given. */
export interface StructForms {
  /** The description of the fields in error messages, before that of the object. */
  readonly expected?: string;
  /** The field that a string, number or boolean alone stands for. */
  readonly shorthand?: string;
  /** Converts another form of one struct to an object. May return `undefined` for the others. */
  readonly normalize?: (value: unknown) => unknown;
  /** Whether the values are one struct although they are a list. */
  readonly isOne?: (values: object) => boolean;
}

/**
 * Structs, given as objects, one alone or a list of them. `forms` adds shorter forms.
 *
 * Keys that are not fields are errors, as they are most likely misspelt. Errors in a field are reported with its path,
 * e.g. `VisibleTimeRanges.ranges.range.start`.
 */
export function structs<Input>(fields: readonly StructField[], forms: StructForms = {}): Codec<Input, StructBuilder> {
  const { shorthand, normalize, isOne } = forms;
  const names = fields.map((field) => (isOptional(field) ? `${field.name}?` : field.name));
  const known = new Set(fields.map(({ name }) => name));
  const expected = `${forms.expected ?? ""}{ ${names.join(", ")} }, or a list of them`;
  const arrow = {
    type: "Struct" as const,
    fields: fields.map(({ name, nativeName = name, isNullable = false, codec }) => {
      return { name: nativeName, nullable: isNullable, type: codec.arrow };
    }),
  };

  const isSingle = (values: unknown): boolean => {
    if (typeof values !== "object" || values === null)
      return (shorthand ?? normalize) !== undefined && typeof values !== "object";
    return isOne?.(values) === true || !(Symbol.iterator in values);
  };
  const appendOne = (builder: StructBuilder, value: unknown): void => {
    const isPlain = typeof value !== "object" || value === null;
    const long = shorthand !== undefined && isPlain ? { [shorthand]: value } : value;
    const object = normalize?.(long) ?? long;
    if (typeof object !== "object" || object === null || Symbol.iterator in object) throw wrongType(expected, value);
    for (const key in object) {
      if (!known.has(key) && Object.hasOwn(object, key))
        throw problemWith(undefined, `has the unknown key \`${key}\`; keys: ${names.join(", ")}`);
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
        fields.map(({ codec }) => codec.createBuilder()),
      ),
    append(values, builder): void {
      if (isSingle(values)) return appendOne(builder, values);
      const list = toArrayLike(values, expected);
      forEachIndex(list.length, (index) => appendOne(builder, list[index]));
    },
  };
}

function isOptional({ isNullable = false, isRequired = false, fallback }: StructField): boolean {
  return (isNullable && !isRequired) || fallback !== undefined;
}

function appendField(field: StructField, given: unknown, target: ArrayBuilder): void {
  const { name, codec, fallback } = field;
  const value = given ?? fallback;
  if (value === undefined || value === null) {
    if (isOptional(field)) return target.appendNull();
    throw withinKey(problemWith(undefined, "is missing: pass a value"), name);
  }
  try {
    appendSingle(codec, value, target);
  } catch (error) {
    throw error instanceof InvalidValueError ? withinKey(error, name) : error;
  }
}

/** Appends exactly one value. Throws `InvalidValueError`. */
export function appendSingle(codec: Codec<never>, value: unknown, target: ArrayBuilder): void {
  const before = target.length;
  codec.append(value as never, target, -1);
  const count = target.length - before;
  if (count !== 1) throw new InvalidValueError("one value", `${count} values`, true);
}
