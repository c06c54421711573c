import { setTimeout as sleep } from "node:timers/promises";
import { RerunError } from "@rerun-ts/core";
import type { StoredPart } from "./part-files.ts";

const PREPARED_AT_ONCE = 16;
const REGISTERED_AT_ONCE = 100;
/** The time in which further parts may join a group. */
const GATHER_MS = 100;

/** A part whose file is there. */
export interface PreparedPart {
  readonly part: StoredPart;
  readonly url: string;
}

/**
 * Makes the files of parts ready, and yields groups of those that are: a part whose file takes long does not hold up
 * the others, and queries see the first parts soon.
 */
export async function* prepareParts(
  parts: readonly StoredPart[],
  prepare: (part: StoredPart) => Promise<string>,
  onFailed: (part: StoredPart, error: RerunError) => void,
  signal: AbortSignal,
): AsyncGenerator<readonly PreparedPart[]> {
  const ready: PreparedPart[] = [];
  const next = parts.values();
  const running = new Set<Promise<void>>();
  let isOver = false;
  let onChange = (): void => {};
  const changed = (): Promise<void> => new Promise((resolve) => (onChange = resolve));
  const run = async (): Promise<void> => {
    for (const part of next) {
      try {
        ready.push({ part, url: await prepare(part) });
      } catch (error) {
        onFailed(part, RerunError.from(error));
      }
      onChange();
      while (ready.length >= REGISTERED_AT_ONCE && !signal.aborted && !isOver) await sleep(GATHER_MS);
      if (signal.aborted || isOver) break;
    }
  };
  for (let count = Math.min(PREPARED_AT_ONCE, parts.length); count > 0; count--) {
    const worker = run().finally(() => {
      running.delete(worker);
      onChange();
    });
    running.add(worker);
  }
  try {
    while (running.size > 0 || ready.length > 0) {
      if (ready.length === 0) {
        await changed();
        if (running.size > 0 && ready.length < REGISTERED_AT_ONCE) await sleep(GATHER_MS);
        continue;
      }
      yield ready.splice(0, REGISTERED_AT_ONCE);
    }
  } finally {
    // The error of a group ends the others.
    isOver = true;
  }
}
