import { RerunError } from "../errors/rerun-error.ts";
import type {
  ViewerControlRequest,
  ViewerControlResponse,
} from "../gen/rerun/viewer_control/v1alpha1/viewer_control_pb.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { withDeadline } from "../async/with-deadline.ts";
import { invalidViewerArgument } from "./viewer-arguments.ts";
import { pause } from "./pause.ts";
import type { Plain } from "./plain.ts";
import type { ViewerCallOptions, ViewerSelection } from "./viewer-call-types.ts";

type ResponseKind = Extract<Plain<ViewerControlResponse["kind"]>, { case: string }>;
export type CallName = ViewerRequest["case"];
/** The request of a call. */
export type RequestOf<Name extends CallName> = Extract<ViewerRequest, { case: Name }>["value"];
/** The response of a call. */
export type ResponseOf<Name extends CallName> = Extract<ResponseKind, { case: Name }>["value"];
/** A call with its request. */
export type ViewerRequest = Extract<Plain<ViewerControlRequest["kind"]>, { case: string }>;
/** A call with its response. */
export type ViewerResponse = Plain<ViewerControlResponse["kind"]>;

/** The ways to a viewer. All reject with a `RerunError`. */
export interface ViewerConnection {
  /** Its name in messages, such as `the viewer in this page`. */
  readonly name: string;
  /** Makes a call. */
  readonly call: (request: ViewerRequest, signal: AbortSignal) => Promise<ViewerResponse>;
  /** The selection, as the viewer describes it. `undefined` if the viewer has no such call. */
  readonly selection: (signal: AbortSignal) => Promise<ViewerSelection | undefined>;
  /** Sends recordings and layouts. Settles after the viewer has accepted them. */
  readonly send: (messages: readonly EncodedMessage[], limits: ViewerCallOptions) => Promise<void>;
  /** Sends a table, as an Arrow IPC stream. A table of the same name is replaced. */
  readonly sendTable: (name: string, arrow: Uint8Array<ArrayBuffer>, signal: AbortSignal) => Promise<void>;
}

/** The default of `timeoutMs`. */
const CALL_MS = 15_000;
/** The first wait after an unsuccessful attempt, and the longest. */
const [RETRY_MS, MAX_RETRY_MS] = [100, 1000];
/** Calls that do something else when they are repeated. */
const ONCE: ReadonlySet<CallName> = new Set(["open", "close", "runCommand"]);

/**
 * Makes one call. Repeats it while the viewer cannot be reached, until the time is over. A call that must not happen
 * twice is made once, after the viewer has answered another call.
 */
export async function callViewer<Name extends CallName>(
  connection: Pick<ViewerConnection, "name" | "call">,
  name: Name,
  value: RequestOf<Name>,
  options: ViewerCallOptions = {},
): Promise<ResponseOf<Name>> {
  const remaining = remainingTime(options);
  if (ONCE.has(name)) await callViewer(connection, "getLocation", {}, remaining());
  const request = { case: name, value } as ViewerRequest;
  const attempt = (signal: AbortSignal): Promise<ViewerResponse> => connection.call(request, signal);
  const response = await reachViewer(connection.name, attempt, remaining(), !ONCE.has(name), options.timeoutMs);
  if (response.case !== name)
    throw new RerunError("INVALID_FORMAT", `${connection.name} answered \`${name}\` with \`${response.case}\``);
  return response.value as ResponseOf<Name>;
}

/**
 * Makes attempts until one succeeds, or the time is over. Errors other than `CONNECTION` end them.
 * @param totalMs the time limit of the caller, for messages
 */
export async function reachViewer<Answer>(
  viewer: string,
  attempt: (signal: AbortSignal) => Promise<Answer>,
  { timeoutMs, signal }: ViewerCallOptions,
  isRepeated: boolean,
  totalMs: number | undefined,
): Promise<Answer> {
  const stop = new AbortController();
  let lastError: RerunError | undefined;
  let answer: Answer | undefined;
  const work = (async () => {
    for (let wait = RETRY_MS; answer === undefined; wait = Math.min(2 * wait, MAX_RETRY_MS)) {
      try {
        answer = await attempt(stop.signal);
      } catch (error) {
        lastError = RerunError.from(error, "CONNECTION");
        if (lastError.code !== "CONNECTION" || !isRepeated) throw lastError;
        if (stop.signal.aborted) return;
        await pause(wait);
      }
    }
  })();
  try {
    const isDone = await withDeadline(work, { timeoutMs, signal });
    if (isDone && answer !== undefined) return answer;
    throw lastError ?? new RerunError("TIMEOUT", `${viewer} did not answer within ${totalMs ?? CALL_MS} ms`);
  } finally {
    stop.abort();
    work.catch(() => {});
  }
}

/** The limits of the parts of a call: its remaining time. @throws {RerunError} `INVALID_ARGUMENT` */
export function remainingTime({ timeoutMs = CALL_MS, signal }: ViewerCallOptions): () => {
  timeoutMs: number;
  signal: AbortSignal | undefined;
} {
  if (!(typeof timeoutMs === "number" && timeoutMs >= 0))
    throw invalidViewerArgument("timeoutMs", "must be a non-negative number", timeoutMs);
  const end = performance.now() + timeoutMs;
  return () => ({ timeoutMs: Math.max(0, end - performance.now()), signal });
}
