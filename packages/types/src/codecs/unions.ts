import { forEachIndex, toArrayLike, wrongType } from "@rerun-ts/core/checks";
import { NullBuilder, UnionBuilder, type ArrayBuilder, type ArrowField } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { appendSingle } from "./structs.ts";

/** A variant of a union. Without a codec, the variant carries no value. */
export interface UnionVariant {
  /** The name that users write: the only key of an object, or a string alone. */
  readonly name: string;
  readonly nativeName: string;
  readonly codec?: Codec<never>;
}

interface UnionType {
  readonly type: "Union";
  readonly typeIds: readonly number[];
  readonly fields: readonly ArrowField[];
}

/** The first variant of every union of Rerun, which marks nulls. */
const NULL_MARKERS: ArrowField = { name: "_null_markers", nullable: true, type: { type: "Null" } };

/** The Arrow type and the builder of a union with these variants. */
export function unionLayout(
  variants: readonly Pick<UnionVariant, "nativeName" | "codec">[],
): Pick<Codec<never, UnionBuilder>, "createBuilder"> & { readonly arrow: UnionType } {
  const fields = variants.map(({ nativeName, codec }): ArrowField => {
    return { name: nativeName, nullable: codec === undefined, type: codec?.arrow ?? { type: "Null" } };
  });
  const all = [NULL_MARKERS, ...fields];
  const arrow: UnionType = { type: "Union", typeIds: all.map((_, index) => index), fields: all };
  return {
    arrow,
    createBuilder(): UnionBuilder {
      const builders = variants.map(({ codec }): ArrayBuilder => codec?.createBuilder() ?? new NullBuilder());
      return new UnionBuilder(arrow, [new NullBuilder(), ...builders]);
    },
  };
}

/** Unions, given as objects with one key, or as the name of a variant without a value. */
export function unions<Input>(variants: readonly UnionVariant[]): Codec<Input, UnionBuilder> {
  const forms = variants.map(({ name, codec }) => (codec === undefined ? JSON.stringify(name) : `{ ${name} }`));
  const expected = `one of ${forms.join(", ")}, or a list of them`;
  const appendOne = (builder: UnionBuilder, value: unknown): void => {
    const keys = typeof value === "object" && value !== null ? Object.keys(value) : [value];
    const index = keys.length === 1 ? variants.findIndex(({ name }) => name === keys[0]) : -1;
    const { name, codec } = variants[index] ?? { name: "" };
    if (name === "" || (codec === undefined) !== (typeof value === "string")) throw wrongType(expected, value);
    const target = builder.select(index + 1);
    if (codec === undefined) target.appendNull();
    else appendSingle(codec, (value as Record<string, unknown>)[name], target);
  };
  return {
    ...unionLayout(variants),
    append(values, builder): void {
      const isOne =
        typeof values === "string" || (typeof values === "object" && values !== null && !(Symbol.iterator in values));
      if (isOne) return appendOne(builder, values);
      const list = toArrayLike(values, expected);
      forEachIndex(list.length, (index) => appendOne(builder, list[index]));
    },
  };
}
