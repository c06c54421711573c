import { invalidArgument } from "@rerun-ts/core/checks";

/** Checks a list of ids. Returns each of them once. @throws {TypeError} */
export function checkRecordingIds(ids: readonly string[] | undefined): readonly string[] | undefined {
  if (ids === undefined) return undefined;
  if (Array.isArray(ids) && ids.every((id) => typeof id === "string")) return [...new Set(ids)];
  throw invalidArgument("recordingIds", "an array of ids of recordings", ids);
}
