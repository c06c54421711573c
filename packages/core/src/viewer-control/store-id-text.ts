import type { StoreId } from "../rrd/encode/encoded-message.ts";
import type { ViewerStoreId } from "./viewer-state.ts";

/** The id of a recording as viewers write it: colons and backslashes of the application id are escaped. */
export function viewerStoreId({ kind, applicationId, recordingId }: StoreId): ViewerStoreId {
  const escaped = applicationId.replaceAll(/[\\:]/g, "\\$&");
  return `${kind === "recording" ? "Recording" : "Blueprint"}:${escaped}:${recordingId}`;
}

/** The application in the id of a recording, or `undefined` if the id has another form. */
export function applicationOf(storeId: ViewerStoreId): string | undefined {
  return /^(?:Recording|Blueprint):((?:[^\\:]|\\.)*):/s.exec(storeId)?.[1]?.replaceAll(/\\(.)/gs, "$1");
}
