import { invalidArgument } from "@rerun-ts/core/checks";

/** Checks a list of ids. @throws {TypeError} */
export function checkRecordingIds(ids: readonly string[] | undefined): void {
  if (ids !== undefined && !(Array.isArray(ids) && ids.every((id) => typeof id === "string")))
    throw invalidArgument("recordingIds", "an array of ids of recordings", ids);
}
