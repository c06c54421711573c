// All archetypes of blueprints: the classes here store them, and users may pass them for properties.
export * from "@rerun-ts/types/blueprint";
export { Blueprint, type BlueprintOptions, type BlueprintPart } from "./blueprint.ts";
export {
  Container,
  Grid,
  Horizontal,
  Tabs,
  Vertical,
  type ContainerOptions,
  type ContainerPart,
  type GridOptions,
  type HorizontalOptions,
  type TabsOptions,
  type VerticalOptions,
} from "./containers.ts";
export * from "./gen/views.ts";
export type { ViewContentsLike } from "./layout/view-contents.ts";
export type { ViewOverrides, VisualizerLike } from "./layout/overrides.ts";
export { Panel, type PanelOptions } from "./panel.ts";
export { BlueprintPanel, SelectionPanel, TimePanel, TopPanel, type TimePanelOptions } from "./panels.ts";
export type { PropertyLike } from "./property.ts";
export type { AudioPlaybackLike, DataframeQueryLike } from "./properties/data.ts";
export type {
  ForceCenterLike,
  ForceCollisionRadiusLike,
  ForceLinkLike,
  ForceManyBodyLike,
  ForcePositionLike,
  GraphBackgroundLike,
} from "./properties/graph.ts";
export type { MapBackgroundLike, MapZoomLike } from "./properties/map.ts";
export type {
  PlotBackgroundLike,
  PlotInteractionLike,
  PlotLegendLike,
  ScalarAxisLike,
  TimeAxisLike,
} from "./properties/plot.ts";
export type {
  BackgroundLike,
  EyeControls3DLike,
  LineGrid3DLike,
  SpatialInformationLike,
  VisualBounds2DLike,
} from "./properties/spatial.ts";
export type { TensorScalarMappingLike, TensorSliceSelectionLike, TensorViewFitLike } from "./properties/tensor.ts";
export type {
  TextDocumentFormatLike,
  TextLogColumnsLike,
  TextLogFormatLike,
  TextLogRowsLike,
} from "./properties/text.ts";
export type { TimeRangeOnTimeline, VisibleTimeRangesLike } from "./properties/time-ranges.ts";
export * as table from "./table.ts";
export { absolute, cursorRelative, infinite } from "./time-boundaries.ts";
export { View, type CustomViewOptions, type ViewOptions } from "./view.ts";
export { Visualizer, type VisualizerOptions } from "./visualizer.ts";
