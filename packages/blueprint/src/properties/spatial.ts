import type { BooleansLike, ColorLike, RangeLike, StringsLike } from "@rerun-ts/types";
import {
  Background,
  EyeControls3D,
  LineGrid3D,
  SpatialInformation,
  VisualBounds2D,
  type BackgroundFields,
  type EyeControls3DFields,
  type LineGrid3DFields,
  type SpatialInformationFields,
  type VisualBounds2DFields,
} from "@rerun-ts/types/blueprint";
import { BackgroundKind } from "@rerun-ts/types/components";
import { defineProperty, type Property, type PropertyFields, type PropertyLike } from "../property.ts";

/** A background: its fields, a kind, or a colour, which alone means `SolidColor`. */
export type BackgroundLike = PropertyLike<
  BackgroundFields,
  BackgroundKind | (string & {}) | Exclude<ColorLike, string>
>;

/** The camera of a 3D view: its fields. */
export type EyeControls3DLike = PropertyLike<EyeControls3DFields>;

/** The grid of a 3D view: its fields, or whether it is visible. */
export type LineGrid3DLike = PropertyLike<LineGrid3DFields, BooleansLike>;

/** The frame of a spatial view and what is shown of it: its fields, or the name of the target frame. */
export type SpatialInformationLike = PropertyLike<SpatialInformationFields, StringsLike>;

/** The visible area of a 2D view: its fields, or the ranges of its coordinates. */
export type VisualBounds2DLike = PropertyLike<
  VisualBounds2DFields,
  { readonly xRange: RangeLike; readonly yRange: RangeLike }
>;

/** `Background`. */
export const background: Property = /* @__PURE__ */ defineProperty(Background, {
  shorthand: "color",
  valueKey: "r",
  fieldsOf: (value) => (isBackgroundKind(value) ? { kind: value } : undefined),
  expand: withSolidColor,
});

/** `EyeControls3D`. */
export const eyeControls3D: Property = /* @__PURE__ */ defineProperty(EyeControls3D);

/** `LineGrid3D`. */
export const lineGrid3D: Property = /* @__PURE__ */ defineProperty(LineGrid3D, { shorthand: "visible" });

/** `SpatialInformation`. */
export const spatialInformation: Property = /* @__PURE__ */ defineProperty(SpatialInformation, {
  shorthand: "targetFrame",
});

/** `VisualBounds2D`. */
export const visualBounds2D: Property = /* @__PURE__ */ defineProperty(VisualBounds2D, {
  shorthand: "range",
  valueKey: "xRange",
});

function isBackgroundKind(value: unknown): boolean {
  const { values } = BackgroundKind;
  if (typeof value === "number") return Object.values(values).includes(value);
  return typeof value === "string" && Object.keys(values).some((name) => name.toLowerCase() === value.toLowerCase());
}

/** As in the native SDKs: a colour without a kind is a solid one. */
function withSolidColor(fields: PropertyFields): PropertyFields {
  const { color, kind } = fields;
  return color === undefined || color === null || kind !== undefined ? fields : { ...fields, kind: "SolidColor" };
}
