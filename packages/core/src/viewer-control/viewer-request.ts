import { create } from "@bufbuild/protobuf";
import {
  ViewerControlRequestSchema,
  type ViewerControlRequest,
} from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import type { ViewerRequest } from "./viewer-call.ts";

/** Creates the message of a request, for gRPC. */
export function viewerRequest(request: ViewerRequest): ViewerControlRequest {
  return create(ViewerControlRequestSchema, { kind: request });
}
