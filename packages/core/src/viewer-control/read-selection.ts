import { RerunError } from "../errors/rerun-error.ts";
import { checkCallOptions } from "./viewer-arguments.ts";
import { reachViewer, remainingTime, type ViewerConnection } from "./viewer-call.ts";
import type { StateSource, ViewerCallOptions, ViewerSelection } from "./viewer-call-types.ts";

/** Reads the selection: see `ViewerControl.selection`. */
export async function readSelection(
  viewer: StateSource,
  connection: ViewerConnection,
  options: ViewerCallOptions,
): Promise<ViewerSelection> {
  checkCallOptions("selection", options, {});
  const remaining = remainingTime(options);
  const attempt = async (signal: AbortSignal): Promise<{ selection: ViewerSelection | undefined }> => ({
    selection: await connection.selection(signal),
  });
  const { selection } = await reachViewer(connection.name, attempt, remaining(), true, options.timeoutMs);
  if (selection !== undefined) return selection;
  const { viewerVersion = "unknown" } = await viewer.state(remaining());
  const reason = `${connection.name} has the version ${viewerVersion}, which has no call for the selection`;
  throw new RerunError("UNSUPPORTED", `the selection cannot be read: ${reason}`);
}
