import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { describeValue } from "../checks/describe-value.ts";
import { RerunError } from "../errors/rerun-error.ts";
import {
  ViewerControlRequestSchema,
  type ViewerControlRequest,
  type ViewerControlResponse,
} from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import { startTimer } from "../async/start-timer.ts";
import { withDeadline } from "../async/with-deadline.ts";
import type { ViewerCallOptions } from "./viewer-call-types.ts";

/** Sends a request to a viewer and returns its response. Rejects with a `RerunError`. */
export type ViewerTransport = (request: ViewerControlRequest, signal: AbortSignal) => Promise<ViewerControlResponse>;

type Kind = ViewerControlRequest["kind"];
/** The name of a call. */
export type KindName = NonNullable<Kind["case"]>;
export type RequestOf<Name extends KindName> =
  MessageInitShape<typeof ViewerControlRequestSchema> extends infer Shape
    ? Shape extends { kind?: infer K }
      ? Extract<K, { case: Name }> extends { value: infer V }
        ? V
        : never
      : never
    : never;
export type ResponseOf<Name extends KindName> = Extract<ViewerControlResponse["kind"], { case: Name }>["value"];

const CALL_MS = 15_000;
/** The first wait after an unsuccessful attempt, and the longest. */
const [RETRY_MS, MAX_RETRY_MS] = [100, 1000];
/** Calls that do something else when they are repeated. */
const ONCE: ReadonlySet<KindName> = new Set(["open", "close", "runCommand"]);

/**
 * Makes one call. Repeats it while the viewer cannot be reached, until the time is over. What must not happen twice is
 * only called when the viewer has answered another call.
 */
export async function callViewer<Name extends KindName>(
  url: string,
  send: ViewerTransport,
  name: Name,
  value: RequestOf<Name>,
  options: ViewerCallOptions = {},
): Promise<ResponseOf<Name>> {
  if (ONCE.has(name)) await callViewer(url, send, "getLocation", {}, options);
  const { timeoutMs = CALL_MS, signal } = options;
  if (!(typeof timeoutMs === "number" && timeoutMs >= 0))
    throw invalid("timeoutMs", "must be a non-negative number", timeoutMs);
  const init = { kind: { case: name, value } } as MessageInitShape<typeof ViewerControlRequestSchema>;
  const request = create(ViewerControlRequestSchema, init);
  const stop = new AbortController();
  let lastError: RerunError | undefined;
  let response: ViewerControlResponse | undefined;
  const work = (async () => {
    for (let wait = RETRY_MS; response === undefined; wait = Math.min(2 * wait, MAX_RETRY_MS)) {
      try {
        response = await send(request, stop.signal);
      } catch (error) {
        lastError = RerunError.from(error, "CONNECTION");
        if (lastError.code !== "CONNECTION" || ONCE.has(name)) throw lastError;
        if (stop.signal.aborted) return;
        await new Promise<void>((resolve) => startTimer(resolve, wait));
      }
    }
  })();
  try {
    const isDone = await withDeadline(work, { timeoutMs, signal });
    if (!isDone || response === undefined) {
      if (lastError !== undefined) throw lastError;
      throw new RerunError("TIMEOUT", `the viewer at ${url} did not answer within ${timeoutMs} ms`);
    }
  } finally {
    stop.abort();
    work.catch(() => {});
  }
  const { kind } = response;
  if (kind.case !== name)
    throw new RerunError("INVALID_FORMAT", `the viewer at ${url} answered \`${name}\` with \`${kind.case}\``);
  return kind.value as ResponseOf<Name>;
}

/** The error about an argument. */
export function invalid(argument: string, expectation: string, value: unknown): RerunError {
  const message = `\`${argument}\` ${expectation}, got ${describeValue(value)}`;
  return new RerunError("INVALID_ARGUMENT", message, { argument });
}
