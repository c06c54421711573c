import type { EnumLike, components } from "@rerun-ts/types";
import {
  TensorScalarMapping,
  TensorSliceSelection,
  TensorViewFit,
  type TensorScalarMappingFields,
  type TensorSliceSelectionFields,
  type TensorViewFitFields,
} from "@rerun-ts/types/blueprint";
import { defineProperty, type Property, type PropertyLike } from "../property.ts";

/** Mapping of a tensor's numbers to colours: its fields. */
export type TensorScalarMappingLike = PropertyLike<TensorScalarMappingFields>;

/** The visible slice of a tensor: its fields. */
export type TensorSliceSelectionLike = PropertyLike<TensorSliceSelectionFields>;

/** Fit of a tensor into the view: its fields, or the scaling. */
export type TensorViewFitLike = PropertyLike<TensorViewFitFields, EnumLike<components.ViewFit>>;

export const tensorScalarMapping: Property = /* @__PURE__ */ defineProperty(TensorScalarMapping);

export const tensorSliceSelection: Property = /* @__PURE__ */ defineProperty(TensorSliceSelection);

export const tensorViewFit: Property = /* @__PURE__ */ defineProperty(TensorViewFit);
