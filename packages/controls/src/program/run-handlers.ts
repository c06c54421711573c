import { messageOf } from "@rerun-ts/core/checks";
import type { Change, ChangeHandler, Settled } from "./change.ts";

/**
 * Calls the handlers of a change, and waits until all have settled, for at most `timeoutMs`. Handlers that are late go
 * on: nobody can stop them.
 */
export async function runHandlers(
  handlers: Iterable<ChangeHandler>,
  argument: unknown,
  change: Change,
  timeoutMs: number,
): Promise<Settled> {
  const calls = Array.from(handlers, async (handler) => void (await handler(argument, change)));
  if (calls.length === 0) return { outcome: "done" };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Settled>((resolve) => {
    const settle = (): void => resolve({ outcome: "timedOut", message: `no answer within ${timeoutMs} ms` });
    timer = setTimeout(settle, timeoutMs);
    (timer as { unref?(): void }).unref?.();
  });
  const all = Promise.allSettled(calls).then((results): Settled => {
    const failed = results.find((result) => result.status === "rejected");
    return failed === undefined ? { outcome: "done" } : { outcome: "failed", message: messageOf(failed.reason) };
  });
  const settled = await Promise.race([all, late]);
  clearTimeout(timer);
  return settled;
}
