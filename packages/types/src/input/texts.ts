import { BoolBuilder, TextBuilder, forEachIndex, toList, wrongType } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";

/** One text, or a list of them. */
export type TextsLike = string | readonly string[] | Iterable<string>;

/** One boolean, or a list of them. */
export type BooleansLike = boolean | readonly boolean[] | Iterable<boolean>;

const UTF8 = { type: "Utf8" } as const;

/** Texts. */
export const texts: Encoding<TextsLike, TextBuilder> = {
  arrow: UTF8,
  createBuilder: () => new TextBuilder(UTF8),
  append(values, builder): void {
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
export const booleans: Encoding<BooleansLike, BoolBuilder> = {
  arrow: { type: "Bool" },
  createBuilder: () => new BoolBuilder(),
  append(values, builder): void {
    if (typeof values === "boolean") return builder.append(values);
    const list = toList(values, "a boolean, or a list of booleans");
    forEachIndex(list.length, (index) => {
      const value = list[index];
      if (typeof value !== "boolean") throw wrongType("a boolean, or a list of booleans", value);
      builder.append(value);
    });
  },
};
