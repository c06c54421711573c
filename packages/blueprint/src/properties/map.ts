import type { EnumLike, NumbersLike, components } from "@rerun-ts/types";
import { MapBackground, MapZoom, type MapBackgroundFields, type MapZoomFields } from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** The map: its fields, or the provider. */
export type MapBackgroundLike = PropertyLike<MapBackgroundFields, EnumLike<components.MapProvider>>;

/** The zoom of a map: its fields, or the zoom level. */
export type MapZoomLike = PropertyLike<MapZoomFields, NumbersLike>;

export const mapBackground: Property = /* @__PURE__ */ defineProperty(MapBackground);

export const mapZoom: Property = /* @__PURE__ */ defineProperty(MapZoom);
