import { RerunError } from "@rerun-ts/core";
import { maskUrl, withRerunErrors, yieldingRerunErrors } from "@rerun-ts/core/checks";
import { cloudService } from "./catalog-service.ts";
import type { CatalogCallOptions, CatalogCalls } from "./catalog-calls.ts";
import { endedTasks, type WaitOptions } from "./tasks.ts";

/** The result of the registration of one recording. */
export interface RegistrationResult {
  /** The URL of the recording. */
  readonly url: string;
  /** The segment: the id of the recording. */
  readonly segmentId: string;
  /** The layer of the segment. */
  readonly layer: string;
  /** The reason of a failure, with the code `SERVER` or `ALREADY_EXISTS`. `undefined` after a success. */
  readonly error: RerunError | undefined;
}

/** A recording that a server is registering. */
export interface RegisteringSource extends Omit<RegistrationResult, "error"> {
  readonly taskId: string;
}

/** Rerun's text for a segment that is there already. */
const DUPLICATE = /already (?:exists|registered)|duplicate/i;

/**
 * The registration of recordings in a dataset. Await it to start it and to wait for all results, or iterate over it to
 * get each result when its recording is done. A recording that fails is a result with an error.
 *
 * @example
 * const results = await dataset.register(["file:///data/a.rrd", "file:///data/b.rrd"]);
 * for (const { url, error } of results) if (error !== undefined) console.warn(url, error.message);
 */
export class RegistrationOperation implements PromiseLike<readonly RegistrationResult[]> {
  readonly #calls: CatalogCalls;
  readonly #doing: string;
  readonly #options: CatalogCallOptions;
  readonly #sources: Promise<readonly RegisteringSource[]>;
  readonly #results = new Map<RegisteringSource, RegistrationResult>();

  /** @internal Registrations come from `DatasetEntry.register`. */
  constructor(
    calls: CatalogCalls,
    doing: string,
    options: CatalogCallOptions,
    start: () => Promise<readonly RegisteringSource[]>,
  ) {
    this.#calls = calls;
    this.#doing = doing;
    this.#options = options;
    this.#sources = withRerunErrors(start);
    // The methods that wait for the sources report this error.
    this.#sources.catch(() => {});
  }

  /** Yields the results, first those of finished recordings, and then each new one. */
  [Symbol.asyncIterator](): AsyncGenerator<RegistrationResult, void, undefined> {
    return this.results();
  }

  /**
   * Yields the results, first those of finished recordings, and then each new one.
   *
   * @throws {RerunError} `NOT_FOUND` if the server cannot read a recording or has no such dataset, `TIMEOUT`, `ABORTED`,
   * or the error of the connection
   */
  results(options: WaitOptions = {}): AsyncGenerator<RegistrationResult, void, undefined> {
    return yieldingRerunErrors(this.#run(options));
  }

  async *#run(options: WaitOptions): AsyncGenerator<RegistrationResult, void, undefined> {
    const sources = await this.#sources;
    yield* this.#results.values();
    const pending = sources.filter((source) => !this.#results.has(source));
    const ids = [...new Set(pending.map(({ taskId }) => taskId))];
    for await (const { id, error } of endedTasks(this.#calls, ids, this.#doing, { ...this.#options, ...options })) {
      for (const source of pending) {
        if (source.taskId !== id || this.#results.has(source)) continue;
        const { url, segmentId, layer } = source;
        const result = { url, segmentId, layer, error: error === undefined ? undefined : failure(source, error) };
        this.#results.set(source, result);
        yield result;
      }
    }
    const missing = sources.find((source) => !this.#results.has(source));
    if (missing !== undefined)
      throw new RerunError("TIMEOUT", `cannot ${this.#doing}: ${maskUrl(missing.url)} has not been registered in time`);
  }

  /** Waits for all results, in the order of the recordings. Called by `await`. */
  // oxlint-disable-next-line unicorn/no-thenable -- so that a registration can be awaited as well as iterated
  then<Result = readonly RegistrationResult[], Failure = never>(
    onResults?: ((results: readonly RegistrationResult[]) => Result | PromiseLike<Result>) | null,
    onError?: ((error: unknown) => Failure | PromiseLike<Failure>) | null,
  ): Promise<Result | Failure> {
    return this.#all({}).then(onResults, onError);
  }

  async #all(options: WaitOptions): Promise<readonly RegistrationResult[]> {
    for await (const result of this.results(options)) void result;
    const sources = await this.#sources;
    return sources.map((source) => this.#results.get(source) as RegistrationResult);
  }

  /**
   * Waits for all recordings, and resolves to their segments, in their order.
   *
   * @throws {RerunError} the error of the first recording that failed, `TIMEOUT`, or the errors of {@link results}
   */
  async wait(options: WaitOptions = {}): Promise<readonly string[]> {
    const results = await this.#all(options);
    const failed = results.flatMap(({ error }) => error ?? []);
    const [first] = failed;
    if (first === undefined) return results.map(({ segmentId }) => segmentId);
    if (failed.length === 1) throw first;
    throw new RerunError(first.code, `${first.message} (and ${failed.length - 1} more failed)`, { cause: first });
  }

  /** Cancels the unfinished registrations. */
  async cancel(): Promise<void> {
    const ids = [...new Set((await this.#sources).map(({ taskId }) => taskId))].map((id) => ({ id }));
    await this.#calls.unary(cloudService.method.cancelTasks, { ids }, { doing: `cancel to ${this.#doing}` });
  }
}

function failure({ url }: RegisteringSource, reason: string): RerunError {
  const code = DUPLICATE.test(reason) ? "ALREADY_EXISTS" : "SERVER";
  return new RerunError(code, `cannot register ${maskUrl(url)}: ${reason}`, { cause: new Error(reason) });
}
