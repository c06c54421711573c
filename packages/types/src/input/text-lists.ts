import type { ListBuilder, TextBuilder } from "@rerun-ts/core/internal";
import type { Encoding } from "../define/encoding.ts";
import { lists } from "./lists.ts";
import { texts } from "./texts.ts";

/** The texts of one instance, or a list of such lists. */
export type TextListsLike = string | readonly string[] | readonly (readonly string[])[];

/** Lists of texts, each of which is one instance. */
export const textLists: Encoding<TextListsLike, ListBuilder<TextBuilder>> = /* @__PURE__ */ lists(
  texts,
  "a list of texts, or a list of such",
  (values) => !Array.isArray(values) || typeof values[0] === "string",
);
