import type { CommitLog } from "./commit-log.ts";
import type { LogStream } from "./log-stream.ts";

/** Announces the committed packs of runs, once for all packs of a run that arrive together. */
export class Announcements {
  readonly #stream: Pick<LogStream, "announce">;
  readonly #log: Pick<CommitLog, "packsOf" | "printsOf">;
  readonly #stop: AbortSignal;
  /** Runs to which an announcement is owed. */
  readonly #owed = new Set<string>();

  constructor(stream: Pick<LogStream, "announce">, log: Pick<CommitLog, "packsOf" | "printsOf">, stop: AbortSignal) {
    this.#stream = stream;
    this.#log = log;
    this.#stop = stop;
  }

  /** Announces the packs of a run soon. */
  owe(run: string): void {
    if (this.#owed.size === 0) setTimeout(() => this.announce(), 0);
    this.#owed.add(run);
  }

  /** Sends all owed announcements immediately. No effect once the ingester has ended. */
  announce(): void {
    if (this.#stop.aborted) this.#owed.clear();
    for (const run of this.#owed)
      this.#stream.announce(run, this.#log.packsOf(run), this.#log.printsOf(run)?.toJSON() ?? []);
    this.#owed.clear();
  }
}
