// A separate entry point, so that only programs that control a viewer load the code for it.
export {
  ViewerControl,
  createViewerControl,
  type CloseViewerRecordings,
  type OpenInViewer,
  type OpenedInViewer,
  type SetViewerBlueprint,
  type SetViewerTime,
  type ViewerBlueprint,
  type ViewerBlueprintJson,
  type ViewerBlueprintTarget,
  type ViewerCallOptions,
  type ViewerLogEntry,
  type ViewerRectangle,
  type ViewerSchema,
  type ViewerSchemaOptions,
  type ViewerScreenshot,
  type ViewerTime,
  type ViewerTransformGraphOptions,
  type ViewerTransport,
} from "./viewer-control/viewer-control.ts";
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
