import type { BooleansLike, ColorLike } from "@rerun-ts/types";
import {
  ForceCenter,
  ForceCollisionRadius,
  ForceLink,
  ForceManyBody,
  ForcePosition,
  GraphBackground,
  type ForceCenterFields,
  type ForceCollisionRadiusFields,
  type ForceLinkFields,
  type ForceManyBodyFields,
  type ForcePositionFields,
  type GraphBackgroundFields,
} from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** A force between all nodes and the centre: its fields, or whether it is enabled. */
export type ForceCenterLike = PropertyLike<ForceCenterFields, BooleansLike>;

/** A repelling force between nodes: its fields, or whether it is enabled. */
export type ForceCollisionRadiusLike = PropertyLike<ForceCollisionRadiusFields, BooleansLike>;

/** A force along edges: its fields, or whether it is enabled. */
export type ForceLinkLike = PropertyLike<ForceLinkFields, BooleansLike>;

/** A force between all nodes: its fields, or whether it is enabled. */
export type ForceManyBodyLike = PropertyLike<ForceManyBodyFields, BooleansLike>;

/** A force towards a position: its fields, or whether it is enabled. */
export type ForcePositionLike = PropertyLike<ForcePositionFields, BooleansLike>;

/** The background of a graph: its fields, or its colour. */
export type GraphBackgroundLike = PropertyLike<GraphBackgroundFields, ColorLike>;

export const forceCenter: Property = /* @__PURE__ */ defineProperty(ForceCenter);

export const forceCollisionRadius: Property = /* @__PURE__ */ defineProperty(ForceCollisionRadius);

export const forceLink: Property = /* @__PURE__ */ defineProperty(ForceLink);

export const forceManyBody: Property = /* @__PURE__ */ defineProperty(ForceManyBody);

export const forcePosition: Property = /* @__PURE__ */ defineProperty(ForcePosition);

export const graphBackground: Property = /* @__PURE__ */ defineProperty(GraphBackground);
