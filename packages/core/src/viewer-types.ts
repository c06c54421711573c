// The entry point `@rerun-ts/core/viewer-types`: the types in the namespace `viewer` of `node` and `web`, as far as
// this package goes. It is not part of the public API.
export type { ArrowStream } from "./arrow/collect-arrow-stream.ts";
export type {
  CloseViewerRecordings,
  OpenInViewer,
  OpenedInViewer,
  SetViewerBlueprint,
  SetViewerTime,
  ViewerBlueprint,
  ViewerBlueprintJson,
  ViewerBlueprintTarget,
  ViewerCallOptions,
  ViewerColumn,
  ViewerDatasetAsset,
  ViewerDatasetOptions,
  ViewerDatasetSchema,
  ViewerLogEntry,
  ViewerRectangle,
  ViewerSchema,
  ViewerSchemaOptions,
  ViewerScreenshot,
  ViewerSelection,
  ViewerSource,
  ViewerTime,
  ViewerTransformGraphOptions,
} from "./viewer-control/viewer-call-types.ts";
export type {
  ViewerCommand,
  ViewerComponent,
  ViewerEntity,
  ViewerPlayState,
  ViewerRecording,
  ViewerReport,
  ViewerServer,
  ViewerState,
  ViewerStoreId,
  ViewerTimeline,
  ViewerView,
} from "./viewer-control/viewer-state.ts";
export type { ViewerControl } from "./viewer-control/viewer-control.ts";
export type {
  ViewerEventName,
  ViewerEvents,
  ViewerListenerOptions,
  ViewerTimeEvent,
} from "./viewer-control/viewer-polling.ts";
