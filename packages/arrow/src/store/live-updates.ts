import type { ReadOptions } from "../source/random-access.ts";

/** A store that grows while it is read. */
export interface LiveUpdates {
  /** Changes with each refresh that found something new. */
  readonly version: number;
  /** Takes over what has come since the last call. */
  refresh(): void;
  /**
   * Waits at least `intervalMs`, and until something has changed since `version`. Resolves to `false` if nothing will
   * come any more; rejects with the error of the source, or `ABORTED`.
   */
  changed(version: number, intervalMs: number, options?: ReadOptions): Promise<boolean>;
}
