// A separate entry point, so that only programs that control a viewer load the code for it.
export type * from "./viewer-types.ts";
export type { ViewerConnection, ViewerRequest, ViewerResponse } from "./viewer-control/viewer-call.ts";
export { ViewerControl, createViewerControl } from "./viewer-control/viewer-control.ts";
export { EDGES, FRAMES, PLAY_STATES, TIME_TYPES, UPDATE_MODES, wordOf } from "./viewer-control/viewer-enums.ts";
export { parseExactJson, stringifyExactJson } from "./viewer-control/exact-json.ts";
export { grpcViewerCalls } from "./viewer-control/grpc-viewer-calls.ts";
export type { UnaryCall } from "./viewer-control/unary-call.ts";
export { viewerRequest } from "./viewer-control/viewer-request.ts";
export { ViewerControlService as viewerControlService } from "./gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
export { viewerError, viewerStatus } from "./viewer-control/viewer-error.ts";
export { linkedSources, parseViewerLink, parseWhen, type ViewerLink } from "./viewer-control/viewer-link.ts";
export { int64Of } from "./viewer-control/viewer-arguments.ts";
