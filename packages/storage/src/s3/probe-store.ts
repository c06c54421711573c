import { RerunError, isRerunError } from "@rerun-ts/core";
import { randomId, getOrAdd } from "@rerun-ts/core/util";
import { probeKey } from "../store/keys.ts";

const RACERS = 8;
/** Fewer responses prove nothing, because the outcome of lost requests is unknown. */
const MIN_ANSWERS = 4;
const ATTEMPTS = 5;

/** The requests of {@link probeStore}. */
export interface ProbeCalls {
  /** Asks for an object, to find out by one request whether the server answers. */
  readonly ask: (key: string) => Promise<void>;
  /** Creates an object by one request, and resolves to the status. */
  readonly create: (key: string, body: Uint8Array) => Promise<number>;
  readonly delete: (key: string) => Promise<void>;
}

/**
 * Finds out whether a server creates an object only once: of eight requests at the same time one may succeed. The
 * objects are beside `key`, where it may write. Resolves to `false` if it answers otherwise, as without credentials.
 *
 * @throws {RerunError} `UNSUPPORTED` if several succeed, or `CONNECTION` if there are too few answers
 */
export async function probeStore(url: string, key: string, calls: ProbeCalls): Promise<boolean> {
  let last: unknown;
  for (let count = 0; count < ATTEMPTS; count++) {
    const probe = probeKey(key, randomId());
    // A server that is away gets no more than this request.
    await calls.ask(probe);
    const results = await Promise.allSettled(
      Array.from({ length: RACERS }, (_, index) => calls.create(probe, new TextEncoder().encode(`racer ${index}`))),
    );
    const statuses = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    last = results.find((result) => result.status === "rejected")?.reason;
    const created = statuses.filter((status) => status === 200).length;
    if (created > 0) await calls.delete(probe).catch(() => {});
    if (created > 1) throw notAtomic(url, created);
    const refused = statuses.filter((status) => status === 412).length;
    // Other statuses are reported when the object itself is created.
    if (statuses.length > created + refused) return false;
    if (created + refused >= MIN_ANSWERS) return true;
  }
  throw last instanceof RerunError ? last : new RerunError("CONNECTION", `cannot test ${url}`, { cause: last });
}

/** The tests of buckets, which all stores of this thread share. */
const tests = new Map<string, Promise<boolean>>();

/**
 * Tests a bucket, unless this thread has done so. A test without a result is repeated by the next call.
 *
 * @param bucket the address of the bucket
 */
export async function testOnce(
  bucket: string,
  test: () => Promise<boolean>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    const running = getOrAdd(tests, bucket, () => test());
    try {
      if (!(await running)) forget(running);
      return;
    } catch (error) {
      forget(running);
      // Another caller has aborted its test.
      if (!isRerunError(error) || error.code !== "ABORTED" || signal?.aborted === true) throw error;
    }
  }

  function forget(done: Promise<boolean>): void {
    if (tests.get(bucket) === done) tests.delete(bucket);
  }
}

function notAtomic(url: string, created: number): RerunError {
  return new RerunError(
    "UNSUPPORTED",
    `${url} is not safe: ${created} of ${RACERS} requests have created one object with \`If-None-Match: *\`, ` +
      "so one part could replace another; use a server with conditional writes",
  );
}
