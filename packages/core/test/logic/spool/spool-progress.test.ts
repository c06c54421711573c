import { describe, expect, it } from "vitest";
import { SpoolProgress } from "../../../dist/spool/spool-progress.js";

describe("the progress of a spool", () => {
  it("numbers messages from 1, and is caught up when the newest of them was passed on", () => {
    const progress = new SpoolProgress();
    expect([progress.newestId, progress.passedId, progress.isCaughtUp]).toEqual([0, 0, true]);
    expect([progress.add(10), progress.add(20)]).toEqual([1, 2]);
    expect([progress.newestId, progress.isCaughtUp]).toEqual([2, false]);
    progress.pass(1);
    expect([progress.passedId, progress.isCaughtUp]).toEqual([1, false]);
    progress.pass(2);
    expect([progress.passedId, progress.isCaughtUp]).toEqual([2, true]);
  });

  it("counts bytes as pending until they are acknowledged or dropped, and never less than none", () => {
    const progress = new SpoolProgress();
    progress.add(10);
    progress.addBytes(5);
    expect([progress.newestId, progress.pendingBytes]).toEqual([1, 15]);
    progress.acknowledge(6);
    expect([progress.pendingBytes, progress.acknowledgedBytes]).toEqual([9, 6]);
    progress.remove(2);
    expect([progress.pendingBytes, progress.acknowledgedBytes]).toEqual([7, 6]);
    progress.acknowledge(10);
    expect([progress.pendingBytes, progress.acknowledgedBytes]).toEqual([0, 16]);
    progress.add(3);
    progress.clear();
    expect(progress.pendingBytes).toBe(0);
  });
});
