import { RerunError } from "@rerun-ts/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CallDeadline } from "../../dist/call-deadline.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A wait that never ends by itself. */
const never = (): Promise<never> => new Promise(() => {});

/** The code of the deadline's own error, and the message. */
function errorOf(deadline: CallDeadline): readonly [string | undefined, string | undefined] {
  const error = deadline.error("read", new Error("cause"));
  return [error?.code, error?.message];
}

describe("CallDeadline", () => {
  it("ends a call whose response takes too long, although the call ignores its signal", async () => {
    const deadline = new CallDeadline(1000, []);
    const call = deadline.within(never).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(999);
    expect(errorOf(deadline)).toEqual([undefined, undefined]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await call).toBeInstanceOf(Error);
    expect(errorOf(deadline)).toEqual(["TIMEOUT", "cannot read: no response within 1000 ms"]);
  });

  it("counts the time of each response alone, and none between them", async () => {
    const deadline = new CallDeadline(1000, []);
    deadline.begin();
    await vi.advanceTimersByTimeAsync(900);
    deadline.pause();
    await vi.advanceTimersByTimeAsync(5000);
    deadline.begin();
    await vi.advanceTimersByTimeAsync(999);
    expect(errorOf(deadline)[0]).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(errorOf(deadline)[0]).toBe("TIMEOUT");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends a call by any of its signals, also one that had fired before", async () => {
    for (const isBefore of [false, true]) {
      const controller = new AbortController();
      if (isBefore) controller.abort();
      const deadline = new CallDeadline(Infinity, [undefined, new AbortController().signal, controller.signal]);
      const call = deadline.within(never).catch((error: unknown) => error);
      controller.abort();
      expect(await call).toBeInstanceOf(Error);
      expect(errorOf(deadline)).toEqual(["ABORTED", "cannot read: the call was aborted by `signal`"]);
    }
  });

  it("passes on the result or the error of a call that ends by itself", async () => {
    const deadline = new CallDeadline(1000, []);
    expect(await deadline.within(async () => 5)).toBe(5);
    await expect(deadline.within(() => Promise.reject(new Error("own")))).rejects.toThrow("own");
    expect(errorOf(deadline)[0]).toBeUndefined();
  });

  it("has the reason with which it was aborted as its error", async () => {
    const deadline = new CallDeadline(1000, []);
    const call = deadline.within(never).catch(() => "ended");
    deadline.abort(new RerunError("CLOSED", "closed"));
    expect(await call).toBe("ended");
    expect(errorOf(deadline)).toEqual(["CLOSED", "closed"]);
  });

  it("leaves no timer, listener or entry behind when it ends, and aborts what still waits", async () => {
    const inFlight = new Set<CallDeadline>();
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const deadline = new CallDeadline(1000, [controller.signal], inFlight);
    const call = deadline.within(never).catch(() => "ended");
    expect([inFlight.size, vi.getTimerCount()]).toEqual([1, 1]);
    deadline.end();
    expect(await call).toBe("ended");
    expect([inFlight.size, vi.getTimerCount(), removed.mock.calls.length]).toEqual([0, 0, 1]);
    // The end of a call is not an error.
    expect(errorOf(deadline)[0]).toBeUndefined();
  });
});
