import { ViewerControlService } from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import type { UnaryCall } from "./unary-call.ts";
import type { ViewerConnection } from "./viewer-call.ts";
import { viewerRequest } from "./viewer-request.ts";

/** The calls of a viewer and its tables over gRPC, for any transport. */
export function grpcViewerCalls(unary: UnaryCall): Pick<ViewerConnection, "call" | "selection" | "sendTable"> {
  return {
    async call(request, signal) {
      const { kind } = await unary(ViewerControlService.method.viewerControl, viewerRequest(request), signal);
      return kind;
    },
    async selection(signal) {
      const { callAsDescribed } = await import("./described-call.ts");
      return callAsDescribed(unary, "get_selection", signal);
    },
    async sendTable(id, arrow, signal) {
      const [{ proxyService }, { dataframePart }] = await Promise.all([
        import("../rrd/decode/proxy-service.ts"),
        import("../rrd/decode/dataframe-part.ts"),
      ]);
      await unary(proxyService.method.writeTable, { id: { id }, data: dataframePart(arrow) }, signal);
    },
  };
}
