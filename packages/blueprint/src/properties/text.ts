import {
  TextDocumentFormat,
  TextLogColumns,
  TextLogFormat,
  TextLogRows,
  type TextDocumentFormatFields,
  type TextLogColumnsFields,
  type TextLogFormatFields,
  type TextLogRowsFields,
} from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** The format of a text document: its fields. */
export type TextDocumentFormatLike = PropertyLike<TextDocumentFormatFields>;

/** The columns of a text log: its fields. */
export type TextLogColumnsLike = PropertyLike<TextLogColumnsFields>;

/** The format of a text log: its fields. */
export type TextLogFormatLike = PropertyLike<TextLogFormatFields>;

/** The rows of a text log: its fields. */
export type TextLogRowsLike = PropertyLike<TextLogRowsFields>;

export const textDocumentFormat: Property = /* @__PURE__ */ defineProperty(TextDocumentFormat);

export const textLogColumns: Property = /* @__PURE__ */ defineProperty(TextLogColumns);

export const textLogFormat: Property = /* @__PURE__ */ defineProperty(TextLogFormat);

export const textLogRows: Property = /* @__PURE__ */ defineProperty(TextLogRows);
