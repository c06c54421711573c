import { describeValue, messageOf, argumentError, kindOf } from "@rerun-ts/core/checks";
import type { CreateWorker } from "../page/create-worker.ts";
import { createEncoderWorker } from "./create-encoder-worker.ts";

/** Longest time that a worker may take to load and start. A policy that blocks the worker may cause no error at all. */
const START_MS = 10_000;

/** The first message of a worker, once it runs, with the data that it can encode. */
export interface EncoderWorkerReady {
  readonly images?: boolean;
  readonly video?: boolean;
}

/** The worker that is needed. */
export interface EncoderWorkerRequest {
  readonly encodes: keyof EncoderWorkerReady;
  /** The option `createWorker` of the page. `undefined` for the worker beside this package's modules. */
  readonly create: CreateWorker | undefined;
  /** Called with a description if the worker does not start. */
  readonly onFailure: (description: string) => void;
}

/** Starts a worker that encodes. Resolves once it runs, or to `undefined` if it does not start. */
export async function startEncoderWorker(request: EncoderWorkerRequest): Promise<Worker | undefined> {
  const { encodes, create, onFailure } = request;
  if (create === undefined && typeof Worker === "undefined") return undefined;
  let worker: Worker | undefined;
  try {
    worker = create === undefined ? createEncoderWorker() : checkCreated(create());
    await untilReady(worker, encodes);
    return worker;
  } catch (error) {
    // Browsers throw if the file belongs to another origin. Some also throw if a policy forbids the worker.
    worker?.terminate();
    onFailure(describeFailure(create !== undefined, messageOf(error)));
    return undefined;
  }
}

/** Describes that a worker does not start, and the consequence. */
function describeFailure(isOfPage: boolean, reason: string): string {
  const [which, hint] = isOfPage
    ? ["the worker of the option `createWorker`", ""]
    : ["its worker", "; pass `createWorker` to name the file `@rerun-ts/web/encoder-worker`"];
  return `the page's own thread encodes, because ${which} did not start: ${reason}${hint}`;
}

function checkCreated(worker: unknown): Worker {
  if (kindOf(worker) === "Worker") return worker as Worker;
  throw argumentError(
    "createWorker",
    `\`createWorker\` must be a function that returns a Worker; it returned ${describeValue(worker)}`,
  );
}

/**
 * Waits for the first message. If a policy blocks the program, some browsers report an error, and others report
 * nothing.
 */
function untilReady(worker: Worker, encodes: keyof EncoderWorkerReady): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer);
      reject(new Error(reason));
    };
    const timer = setTimeout(() => fail(`it did not start within ${START_MS} ms`), START_MS);
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
