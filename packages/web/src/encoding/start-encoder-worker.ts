import { describeValue, messageOf, argumentError } from "@rerun-ts/core/checks";
import type { CreateWorker } from "../page/create-worker.ts";

/** Longest time that a worker may take to start. A policy that blocks it may show only as silence. */
const START_MS = 2000;
/** The same for a worker whose file is loaded first. */
const LOAD_MS = 10_000;

/** The first message of a worker, once it runs: what it can encode. */
export interface EncoderWorkerReady {
  readonly images?: boolean;
  readonly video?: boolean;
}

/** The worker that is needed. */
export interface EncoderWorkerRequest {
  readonly encodes: keyof EncoderWorkerReady;
  /** The source text of the worker, where the page has no file for it. */
  readonly program: string;
  /** The option `worker` of the page: creates the worker from a file. */
  readonly create: CreateWorker | undefined;
  /** Called with the reason if the worker of the page does not start. */
  readonly onFailure: (reason: string) => void;
}

/**
 * Starts a worker that encodes: the one that the page creates, or one that is made of its program's source text, which
 * a content security policy may forbid. Resolves once it runs, or to `undefined` if it does not start.
 */
export async function startEncoderWorker(request: EncoderWorkerRequest): Promise<Worker | undefined> {
  const { encodes, program, create, onFailure } = request;
  if (create === undefined && typeof Worker === "undefined") return undefined;
  const url = create === undefined ? URL.createObjectURL(new Blob([program], { type: "text/javascript" })) : "";
  let worker: Worker | undefined;
  try {
    worker = create === undefined ? new Worker(url) : checkCreated(create());
    await untilReady(worker, encodes, create === undefined ? START_MS : LOAD_MS);
    return worker;
  } catch (error) {
    // Some browsers throw where a policy forbids the worker.
    worker?.terminate();
    if (create !== undefined) onFailure(messageOf(error));
    return undefined;
  } finally {
    if (url !== "") URL.revokeObjectURL(url);
  }
}

/** Describes that the worker of the page does not start, and what follows. */
export function describeWorkerFailure(reason: string): string {
  return `the page's own thread encodes, because the worker of the option \`worker\` did not start: ${reason}`;
}

function checkCreated(worker: unknown): Worker {
  if (worker instanceof Worker) return worker;
  throw argumentError(
    "worker",
    `\`worker\` must be a function that returns a Worker; it returned ${describeValue(worker)}`,
  );
}

/** Waits for the first message. Where a policy blocks the program, browsers report an error, or nothing. */
function untilReady(worker: Worker, encodes: keyof EncoderWorkerReady, patienceMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer);
      reject(new Error(reason));
    };
    const timer = setTimeout(() => fail(`it did not start within ${patienceMs} ms`), patienceMs);
    const onMessage = ({ data }: MessageEvent<EncoderWorkerReady | null>): void => {
      clearTimeout(timer);
      if (data?.[encodes] === true) resolve();
      else fail(`it cannot encode ${encodes}: is its program \`@rerun-ts/web/encoder-worker\`?`);
    };
    const onError = (event: ErrorEvent): void => {
      event.preventDefault();
      fail(event.message || "its file could not be loaded");
    };
    worker.addEventListener("message", onMessage, { once: true });
    worker.addEventListener("error", onError, { once: true });
  });
}
