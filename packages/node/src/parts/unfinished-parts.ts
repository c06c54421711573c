import { existsSync } from "node:fs";
import type { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { OPEN } from "./part-name.ts";

/** The first wait before parts are finished, and the longest one, while that fails. */
const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/** The folder and the events of {@link UnfinishedParts}. */
export interface UnfinishedPartsOptions {
  readonly folder: () => string;
  readonly warn: (text: string) => void;
  /** Called for each part that was finished, with its path and the number of its rows. */
  readonly onFinished: (path: string, rows: number) => void;
}

/** The parts that earlier programs have left, and those that a sink could not finish. It tries until that works. */
export class UnfinishedParts {
  /** The failure since which the sink has unfinished parts. */
  error: RerunError | undefined;
  readonly #options: UnfinishedPartsOptions;
  readonly #ended = new AbortController();
  /** The paths of the parts of the sink. */
  readonly #paths = new Set<string>();
  /** The parts of which a warning says that they cannot be finished. */
  readonly #reported = new Set<string>();
  #sealed: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: UnfinishedPartsOptions) {
    this.#options = options;
  }

  /** Adds a part that was closed after a failure. */
  add(path: string, error: RerunError): void {
    this.#paths.add(path);
    if (this.error === undefined) this.#options.warn(`${error.message}; ${path} is finished as soon as that works`);
    this.error = error;
    this.#sealLater(FIRST_MS);
  }

  /** Forgets all parts: the folder belongs to others, which finish them. */
  forget(): void {
    this.#paths.clear();
    this.error = undefined;
  }

  /** Finishes parts as far as possible. Never rejects. */
  seal(): Promise<void> {
    this.#sealed = this.#sealed.then(() => this.#sealNow());
    return this.#sealed;
  }

  /** Settles when the parts of the sink, and those that are being finished, are done as far as possible. */
  async settle(): Promise<void> {
    await this.#sealed;
    if (this.#paths.size > 0) await this.seal();
  }

  /** Ends the waiting for owners of parts, and the attempts. */
  end(): void {
    this.#ended.abort();
    clearTimeout(this.#timer);
  }

  #sealLater(waitMs: number): void {
    if (this.#ended.signal.aborted) return;
    const attempt = async (): Promise<void> => {
      this.#timer = undefined;
      await this.seal();
      if (this.#paths.size > 0) this.#sealLater(Math.min(LONGEST_MS, waitMs * 2));
    };
    this.#timer ??= setTimeout(() => void attempt(), waitMs).unref();
  }

  async #sealNow(): Promise<void> {
    const { folder, warn, onFinished } = this.#options;
    try {
      const { sealParts } = await import("./seal-parts.ts");
      const { sealed, failed } = await sealParts(folder(), { signal: this.#ended.signal, onWaiting: warn });
      for (const { path, rows } of sealed) {
        this.#paths.delete(path);
        onFinished(path, rows);
      }
      // Another program has finished it.
      for (const path of this.#paths) if (!existsSync(path + OPEN)) this.#paths.delete(path);
      if (this.#paths.size === 0) this.error = undefined;
      for (const { path, error } of failed) {
        if (this.#reported.has(path)) continue;
        this.#reported.add(path);
        const isDamaged = (error as Partial<NodeJS.ErrnoException>).syscall === undefined;
        const remedy = isDamaged ? "try `rerun-ts rrd repair`" : "it is tried again";
        warn(`${path} could not be finished: ${messageOf(error)}; ${remedy}`);
      }
    } catch (error) {
      if (this.error === undefined) warn(`unfinished parts in ${folder()} stay as they are: ${messageOf(error)}`);
    }
  }
}
