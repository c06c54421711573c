// A separate entry point, so that only programs that control a viewer load the code for it.
export type { ViewerTransport } from "./viewer-control/viewer-call.ts";
export { ViewerControl, createViewerControl } from "./viewer-control/viewer-control.ts";
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
  ViewerLogEntry,
  ViewerRectangle,
  ViewerSchema,
  ViewerSchemaOptions,
  ViewerScreenshot,
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
export { ViewerControlService as viewerControlService } from "./gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
export { viewerError } from "./viewer-control/viewer-error.ts";
