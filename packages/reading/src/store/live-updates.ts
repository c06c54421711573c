import type { ReadOptions } from "../source/random-access.ts";

/** A store that grows while programs read it. */
export interface LiveUpdates {
  /** Changes with each refresh that found something new. */
  readonly version: number;
  /** Adds the data that has arrived since the last call. */
  refresh(): void;
  /**
   * Waits at least `intervalMs`, and until the version differs from `version`. Resolves to `false` if no further data
   * will arrive. Rejects with the error of the source, or `ABORTED`.
   */
  changed(version: number, intervalMs: number, options?: ReadOptions): Promise<boolean>;
}
