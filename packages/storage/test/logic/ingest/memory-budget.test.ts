import { expect, it } from "vitest";
import { MemoryBudget } from "../../../dist/ingest/memory-budget.js";

it("one partition may have the shared memory, and never what is reserved for the others", async () => {
  const budget = new MemoryBudget(1000, 10);
  const [stuck, other] = [budget.share(), budget.share()];
  while (!stuck.isExceeded) stuck.add(50);
  expect(stuck.bytes).toBe(600);
  other.add(50);
  expect([other.isExceeded, budget.bytes]).toEqual([false, 650]);
  other.add(1);
  expect(other.isExceeded).toBe(true);
  let hasRoom = false;
  const waiting = other.room().then(() => (hasRoom = true));
  await Promise.resolve();
  expect(hasRoom).toBe(false);
  stuck.release(600);
  await waiting;
  expect([stuck.isExceeded, other.isExceeded, budget.bytes]).toEqual([false, false, 51]);
});

it("nobody waits for memory once the budget is closed", async () => {
  const budget = new MemoryBudget(100, 1);
  const share = budget.share();
  share.add(1000);
  const waiting = share.room();
  budget.close();
  await waiting;
  expect(share.isExceeded).toBe(false);
});
