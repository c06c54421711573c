import { invalidViewerArgument } from "./viewer-arguments.ts";
import type { RequestOf } from "./viewer-call.ts";
import type { CloseViewerRecordings } from "./viewer-call-types.ts";

/** The recordings that a call closes. @throws {RerunError} `INVALID_ARGUMENT` */
export function closeTarget(options: CloseViewerRecordings): RequestOf<"close">["target"] {
  const { recordings, urls, all = false } = options;
  if (Number(recordings !== undefined) + Number(urls !== undefined) + Number(all) > 1)
    throw invalidViewerArgument("options", "must have at most one of `recordings`, `urls` and `all`", options);
  if (urls !== undefined) return { case: "urls", value: { urls: [...urls] } };
  if (recordings !== undefined) return { case: "storeIds", value: { storeIds: [...recordings] } };
  return { case: all ? "all" : "current", value: true };
}
