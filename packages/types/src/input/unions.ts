import {
  NullBuilder,
  UnionBuilder,
  forEachIndex,
  toList,
  wrongType,
  type ArrayBuilder,
  type ArrowField,
} from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { appendSingle } from "./structs.ts";

/** A variant of a union: without an encoding it carries no value. */
export interface UnionVariant {
  /** What users write: the only key of an object, or the text alone. */
  readonly name: string;
  readonly nativeName: string;
  readonly encoding?: Encoding<never>;
}

interface UnionType {
  readonly type: "Union";
  readonly typeIds: readonly number[];
  readonly fields: readonly ArrowField[];
}

/** Rerun's unions begin with a variant that marks nulls. */
const NULL_MARKERS: ArrowField = { name: "_null_markers", nullable: true, type: { type: "Null" } };

/** How a union with these variants lies in Arrow. */
export function unionLayout(
  variants: readonly Pick<UnionVariant, "nativeName" | "encoding">[],
): Pick<Encoding<never, UnionBuilder>, "createBuilder"> & { readonly arrow: UnionType } {
  const fields = variants.map(({ nativeName, encoding }): ArrowField => {
    return { name: nativeName, nullable: encoding === undefined, type: encoding?.arrow ?? { type: "Null" } };
  });
  const all = [NULL_MARKERS, ...fields];
  const arrow: UnionType = { type: "Union", typeIds: all.map((_, index) => index), fields: all };
  return {
    arrow,
    createBuilder(): UnionBuilder {
      const builders = variants.map(({ encoding }): ArrayBuilder => encoding?.createBuilder() ?? new NullBuilder());
      return new UnionBuilder(arrow, [new NullBuilder(), ...builders]);
    },
  };
}

/** Unions, which come as objects with one key, or as the name of a variant without a value. */
export function unions<Input>(variants: readonly UnionVariant[]): Encoding<Input, UnionBuilder> {
  const forms = variants.map(({ name, encoding }) => (encoding === undefined ? JSON.stringify(name) : `{ ${name} }`));
  const expected = `one of ${forms.join(", ")}, or a list of such`;
  const appendOne = (builder: UnionBuilder, value: unknown): void => {
    const keys = typeof value === "object" && value !== null ? Object.keys(value) : [value];
    const index = keys.length === 1 ? variants.findIndex(({ name }) => name === keys[0]) : -1;
    const { name, encoding } = variants[index] ?? { name: "" };
    if (name === "" || (encoding === undefined) !== (typeof value === "string")) throw wrongType(expected, value);
    const target = builder.select(index + 1);
    if (encoding === undefined) target.appendNull();
    else appendSingle(encoding, (value as Record<string, unknown>)[name], target);
  };
  return {
    ...unionLayout(variants),
    append(values, builder): void {
      const isOne =
        typeof values === "string" || (typeof values === "object" && values !== null && !(Symbol.iterator in values));
      if (isOne) return appendOne(builder, values);
      const list = toList(values, expected);
      forEachIndex(list.length, (index) => appendOne(builder, list[index]));
    },
  };
}
