import { parseExactJson } from "./exact-json.ts";
import { checkCallOptions, oneOf } from "./viewer-arguments.ts";
import { callViewer, type ViewerConnection } from "./viewer-call.ts";
import type { ViewerTransformGraphOptions } from "./viewer-call-types.ts";
import { EDGES, FRAMES } from "./viewer-enums.ts";

/** Reads the coordinate frames of a recording: see `ViewerControl.transformGraph`. */
export async function readTransformGraph(
  viewer: ViewerConnection,
  options: ViewerTransformGraphOptions,
): Promise<unknown> {
  checkCallOptions("transformGraph", options, {
    recording: 1,
    frames: 1,
    edges: 1,
    includeTransforms: "boolean",
  });
  const { recording: storeId, frames, edges, includeTransforms } = options;
  const request = {
    storeId,
    frameFilter: frames === undefined ? undefined : oneOf("frames", frames, FRAMES),
    edgeFilter: edges === undefined ? undefined : oneOf("edges", edges, EDGES),
    includeTransforms,
  };
  return parseExactJson((await callViewer(viewer, "getTransformGraph", request, options)).json);
}
