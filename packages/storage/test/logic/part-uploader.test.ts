import { describe, expect, it, onTestFinished, vi } from "vitest";
import { PartUploader, type WaitingPart } from "../../dist/parts/part-uploader.js";

const part = (name: string): WaitingPart => ({ name, bytes: 10, rows: 1 });

describe("parts that wait while an upload hangs", () => {
  it("are reported once nothing is sent for half a minute, and no longer as soon as something is", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const failures: string[] = [];
    const hanging: (() => void)[] = [];
    const send = (): Promise<boolean> => new Promise((resolve) => hanging.push(() => resolve(true)));
    const uploader = new PartUploader({ send, remove: () => undefined }, 1, {
      onFailure: ({ message }) => failures.push(message),
      onSent: () => undefined,
    });
    for (const name of ["a", "b"]) uploader.add(part(name));
    await vi.advanceTimersByTimeAsync(25_000);
    expect([failures, uploader.state().problem]).toEqual([[], undefined]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(failures).toEqual(["parts wait, and nothing has succeeded for 30 s"]);
    expect(uploader.state()).toMatchObject({
      secondsSinceSuccess: 35,
      problem: "parts wait, and nothing has succeeded for 35 s",
    });
    for (const settle of hanging.splice(0)) settle();
    await vi.advanceTimersByTimeAsync(1);
    expect(uploader.state()).toMatchObject({ pendingParts: 1, secondsSinceSuccess: 0, problem: undefined });
    uploader.end();
  });
});
