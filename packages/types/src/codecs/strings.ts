import { forEachIndex, toArrayLike, wrongType } from "@rerun-ts/core/checks";
import { BoolBuilder, TextBuilder, type ListBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { lists } from "./lists.ts";

/** One string, or a list of them. */
export type StringsLike = string | readonly string[] | Iterable<string>;

/** The strings of one instance, or a list of such lists. */
export type StringListsLike = string | readonly string[] | readonly (readonly string[])[];

/** One boolean, or a list of them. */
export type BooleansLike = boolean | readonly boolean[] | Iterable<boolean>;

const UTF8 = { type: "Utf8" } as const;

export const strings: Codec<StringsLike, TextBuilder> = {
  arrow: UTF8,
  createBuilder: () => new TextBuilder(UTF8),
  append(values, builder): void {
    if (typeof values === "string") return builder.append(values);
    const list = toArrayLike(values, "a string, or a list of strings");
    forEachIndex(list.length, (index) => {
      const text = list[index];
      if (typeof text !== "string") throw wrongType("a string, or a list of strings", text);
      builder.append(text);
    });
  },
};

/** Lists of strings, each of which is one instance. */
export const stringLists: Codec<StringListsLike, ListBuilder<TextBuilder>> = /* @__PURE__ */ lists(
  strings,
  "a list of strings, or a list of such lists",
  (values) => !Array.isArray(values) || typeof values[0] === "string",
);

export const booleans: Codec<BooleansLike, BoolBuilder> = {
  arrow: { type: "Bool" },
  createBuilder: () => new BoolBuilder(),
  append(values, builder): void {
    if (typeof values === "boolean") return builder.append(values);
    const list = toArrayLike(values, "a boolean, or a list of booleans");
    forEachIndex(list.length, (index) => {
      const value = list[index];
      if (typeof value !== "boolean") throw wrongType("a boolean, or a list of booleans", value);
      builder.append(value);
    });
  },
};
