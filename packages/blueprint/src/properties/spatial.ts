import type { BooleansLike, ColorLike, StringsLike, encodings } from "@rerun-ts/types";
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
import type { BackgroundKind } from "@rerun-ts/types/components";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** A background: its fields, a kind, or a colour, which alone means `SolidColor`. */
export type BackgroundLike = PropertyLike<
  BackgroundFields,
  BackgroundKind | (string & {}) | Exclude<ColorLike, string>
>;

/** The camera of a 3D view: its fields. */
export type EyeControls3DLike = PropertyLike<EyeControls3DFields>;

/** The grid of a 3D view: its fields, or whether it is visible. */
export type LineGrid3DLike = PropertyLike<LineGrid3DFields, BooleansLike>;

/** The frame of a spatial view and its details: its fields, or the name of the target frame. */
export type SpatialInformationLike = PropertyLike<SpatialInformationFields, StringsLike>;

/** The visible area of a 2D view: its fields, or the ranges of its coordinates. */
export type VisualBounds2DLike = PropertyLike<VisualBounds2DFields, encodings.Range2DLike>;

export const background: Property = /* @__PURE__ */ defineProperty(Background);

export const eyeControls3D: Property = /* @__PURE__ */ defineProperty(EyeControls3D);

export const lineGrid3D: Property = /* @__PURE__ */ defineProperty(LineGrid3D);

export const spatialInformation: Property = /* @__PURE__ */ defineProperty(SpatialInformation);

export const visualBounds2D: Property = /* @__PURE__ */ defineProperty(VisualBounds2D);
