import type { HtmlReplay } from "@rerun-ts/core/viewer-page";
import { checkEntityPath } from "@rerun-ts/core/integration";
import { REPLAY_SCRIPT } from "./script.ts";

/**
 * A recorded page, which the file of `recordingToHtml` then shows beside the viewer.
 *
 * @param path the entity that `recordPage` has logged to
 * @throws {TypeError} if the path is wrong
 * @example
 * const options = { replay: htmlReplay("/page") };
 */
export function htmlReplay(path: string): HtmlReplay {
  const entityPath = String(checkEntityPath("path", path));
  return { entityPath: entityPath.startsWith("/") ? entityPath : `/${entityPath}`, script: REPLAY_SCRIPT };
}
