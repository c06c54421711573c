import type { BooleansLike, ColorLike, EnumLike, RangeLike, components } from "@rerun-ts/types";
import {
  PlotBackground,
  PlotInteraction,
  PlotLegend,
  ScalarAxis,
  TimeAxis,
  type PlotBackgroundFields,
  type PlotInteractionFields,
  type PlotLegendFields,
  type ScalarAxisFields,
  type TimeAxisFields,
} from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** The background of a plot: its fields, or its colour. */
export type PlotBackgroundLike = PropertyLike<PlotBackgroundFields, ColorLike>;

/** Reaction of a plot to the mouse: its fields. */
export type PlotInteractionLike = PropertyLike<PlotInteractionFields>;

/** The legend of a plot: its fields, its corner, or whether it is visible. */
export type PlotLegendLike = PropertyLike<PlotLegendFields, EnumLike<components.Corner2D> | BooleansLike>;

/** An axis of numbers: its fields, or its range. */
export type ScalarAxisLike = PropertyLike<ScalarAxisFields, RangeLike>;

/** An axis of times: its fields. */
export type TimeAxisLike = PropertyLike<TimeAxisFields>;

export const plotBackground: Property = /* @__PURE__ */ defineProperty(PlotBackground);

export const plotInteraction: Property = /* @__PURE__ */ defineProperty(PlotInteraction);

export const plotLegend: Property = /* @__PURE__ */ defineProperty(PlotLegend);

export const scalarAxis: Property = /* @__PURE__ */ defineProperty(ScalarAxis);

export const timeAxis: Property = /* @__PURE__ */ defineProperty(TimeAxis);
