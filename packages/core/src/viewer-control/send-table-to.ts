import { checkTable } from "../arrow/check-table.ts";
import { collectArrowStream, type ArrowStream } from "../arrow/collect-arrow-stream.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { checkViewerText } from "./viewer-arguments.ts";
import { reachViewer, remainingTime, type ViewerConnection } from "./viewer-call.ts";
import type { ViewerCallOptions } from "./viewer-call-types.ts";

/**
 * Sends a table to a viewer. Repeats the call while the viewer cannot be reached, because it replaces a table of the
 * same name.
 */
export async function sendTableTo(
  { name: viewer, sendTable }: ViewerConnection,
  name: string,
  arrow: ArrowStream,
  options: ViewerCallOptions,
): Promise<void> {
  const id = checkViewerText("name", name);
  const bytes = await collectTable(arrow);
  const attempt = async (signal: AbortSignal): Promise<true> => {
    await sendTable(id, bytes, signal);
    return true;
  };
  await reachViewer(viewer, attempt, remainingTime(options)(), true, options.timeoutMs);
}

async function collectTable(arrow: ArrowStream): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const bytes = await collectArrowStream(arrow);
    checkTable(bytes);
    return bytes;
  } catch (error) {
    throw RerunError.from(error, "INVALID_ARGUMENT");
  }
}
