import { checkEntityPath } from "@rerun-ts/core/integration";
import { REPLAY_SCRIPT } from "./script.ts";

/** The player of a recorded page, for the option `replay` of `recordingToHtml`. */
export interface ReplayPagePart {
  /** The entity of the recorded page. */
  readonly entityPath: string;
  /** The program of the player, a module. */
  readonly script: string;
}

/**
 * A recorded page, which the file of `recordingToHtml` then shows beside the viewer.
 *
 * @param path the entity that `recordPage` has logged to
 * @throws {TypeError} if the path is wrong
 * @example
 * const options = { replay: replayPart("/page") };
 */
export function replayPart(path: string): ReplayPagePart {
  const entityPath = String(checkEntityPath("path", path));
  return { entityPath: entityPath.startsWith("/") ? entityPath : `/${entityPath}`, script: REPLAY_SCRIPT };
}
