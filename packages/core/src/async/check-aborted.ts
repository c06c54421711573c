import { RerunError } from "../errors/rerun-error.ts";

/**
 * @param work the work that ends, for the message
 * @throws {RerunError} `ABORTED` if the signal has fired
 */
export function checkAborted(signal: AbortSignal | undefined, work = "reading"): void {
  if (signal?.aborted === true)
    throw new RerunError("ABORTED", `${work} was aborted by \`signal\``, { cause: signal.reason });
}
