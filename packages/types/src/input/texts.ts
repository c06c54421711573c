import { forEachIndex, toList, wrongType, type BoolBuilder, type TextBuilder } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";

/** One text, or a list of them. */
export type TextsLike = string | readonly string[] | Iterable<string>;

/** One boolean, or a list of them. */
export type BooleansLike = boolean | readonly boolean[] | Iterable<boolean>;

/** Texts. */
export const texts: Encoding<TextsLike> = {
  arrow: { type: "Utf8" },
  append(values, target): void {
    const builder = target as TextBuilder;
    if (typeof values === "string") return builder.append(values);
    const list = toList(values, "a text, or a list of texts");
    forEachIndex(list.length, (index) => {
      const text = list[index];
      if (typeof text !== "string") throw wrongType("a text, or a list of texts", text);
      builder.append(text);
    });
  },
};

/** Booleans. */
export const booleans: Encoding<BooleansLike> = {
  arrow: { type: "Bool" },
  append(values, target): void {
    const builder = target as BoolBuilder;
    if (typeof values === "boolean") return builder.append(values);
    const list = toList(values, "a boolean, or a list of booleans");
    forEachIndex(list.length, (index) => {
      const value = list[index];
      if (typeof value !== "boolean") throw wrongType("a boolean, or a list of booleans", value);
      builder.append(value);
    });
  },
};
