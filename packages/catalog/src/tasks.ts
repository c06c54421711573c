import { cloudService } from "./catalog-service.ts";
import type { CatalogCalls, CatalogCallOptions } from "./catalog-calls.ts";
import { batchesOfPart, textsOf } from "./server-tables.ts";

/** A task of a server that has ended. */
export interface EndedTask {
  readonly id: string;
  /** The reason of its failure. `undefined` after a success. */
  readonly error: string | undefined;
}

/** Options of waiting for tasks. */
export interface WaitOptions extends CatalogCallOptions {
  /** The longest time to wait, in milliseconds. Default: none. */
  timeoutMs?: number | undefined;
}

/** The largest time that a server accepts, in seconds. */
const MAX_SECONDS = 24 * 60 * 60;

/** Yields each task once, when it ends. Rejects with `TIMEOUT` if some have not ended by then. */
export async function* endedTasks(
  calls: CatalogCalls,
  ids: readonly string[],
  doing: string,
  { signal, timeoutMs = Infinity }: WaitOptions,
): AsyncGenerator<EndedTask, void, undefined> {
  const pending = new Set(ids);
  if (pending.size === 0) return;
  const seconds = Math.min(timeoutMs / 1000, MAX_SECONDS);
  const whole = Math.floor(seconds);
  const message = {
    ids: [...pending].map((id) => ({ id })),
    timeout: { seconds: BigInt(whole), nanos: Math.floor((seconds - whole) * 1e9) },
  };
  // No timeout, because the server responds only when a task ends.
  const responses = calls.responses(cloudService.method.queryTasksOnCompletion, message, {
    doing,
    signal,
    timeoutMs,
  });
  for await (const { data } of responses) {
    for (const batch of batchesOfPart(data)) {
      const [tasks, states, messages] = ["task_id", "exec_status", "msgs"].map((name) => textsOf(batch, name));
      for (const [row, id = ""] of (tasks ?? []).entries()) {
        if (!pending.delete(id)) continue;
        const state = states?.[row];
        const error = state === "success" ? undefined : (messages?.[row] ?? `the task ended as ${state ?? "unknown"}`);
        yield { id, error };
      }
    }
    if (pending.size === 0) return;
  }
}
