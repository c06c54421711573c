import { RerunError } from "@rerun-ts/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { attempt } from "../../dist/http/attempt.js";
import type { HttpResponse } from "../../dist/http/http-request.js";
import { PartUploader } from "../../dist/parts/part-uploader.js";
import { StoreGate } from "../../dist/store/store-gate.js";

interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly rows: number;
  readonly isLeft?: boolean;
}

/** An uploader, with what it sends. */
function startUploader(
  gate: StoreGate,
  send: (name: string) => Promise<unknown>,
): { uploader: PartUploader<Part>; add: (...names: string[]) => void; sent: string[]; refused: string[] } {
  const [sent, refused]: [string[], string[]] = [[], []];
  const uploader = new PartUploader<Part>(
    {
      send: async ({ name }) => {
        await send(name);
        sent.push(name);
        return true;
      },
      remove: () => {},
    },
    4,
    { onFailure: () => {}, onRefused: (_, { name }, count) => refused.push(`${count} ${name}`), onSent: () => {} },
    gate,
  );
  const add = (...names: string[]): void => {
    for (const name of names) uploader.add({ name, bytes: 1, rows: 1 });
  };
  return { uploader, add, sent, refused };
}

const denied = (name: string): Promise<never> => Promise.reject(new RerunError("AUTH", `${name} was denied`));

describe("the uploads of parts", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("store all other parts before a flush rejects with the names of the refused ones", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `part ${index}`);
    const { uploader, add, sent, refused } = startUploader(new StoreGate(), (name) =>
      /[05]$/.test(name) ? denied(name) : Promise.resolve(),
    );
    add(...names);
    const flushed = uploader.drained().then(
      () => undefined,
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(1);
    expect(await flushed).toMatchObject({
      code: "AUTH",
      message: expect.stringMatching(
        /^4 parts were refused and are kept, .*part 0: part 0 was denied; part 5/,
      ) as string,
    });
    expect(sent).toHaveLength(16);
    expect(uploader.pendingParts).toBe(4);
    expect(refused).toEqual(["1 part 0", "2 part 5", "3 part 10", "4 part 15"]);
    // A new part does not wait for them.
    add("new");
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toContain("new");
    uploader.end();
  });

  it("go on after a rejection by another copy of the package", async () => {
    const rejection = Object.assign(new RerunError("SERVER", "no"), {
      [Symbol.for("rerun-ts.RejectedError")]: "0.0.1",
    });
    const { uploader, add, sent } = startUploader(new StoreGate(), (name) =>
      name === "bad" ? Promise.reject(rejection) : Promise.resolve(),
    );
    add("bad", "good");
    const flushed = uploader.drained().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1);
    expect(await flushed).toMatchObject({ message: "1 part was refused and is kept, all others are stored: bad: no" });
    expect(sent).toEqual(["good"]);
    uploader.end();
  });

  it("try a refused part again, less often each time, and send it once it is accepted", async () => {
    const tries: number[] = [];
    let isAllowed = false;
    const { uploader, add, sent } = startUploader(new StoreGate(), (name) => {
      tries.push(performance.now());
      return isAllowed ? Promise.resolve() : denied(name);
    });
    add("part");
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(tries.length).toBeGreaterThan(12);
    expect(tries.length).toBeLessThan(30);
    isAllowed = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual(["part"]);
    uploader.end();
  });

  it("do not ask a store for each part if it refuses everything", async () => {
    let tries = 0;
    const { uploader } = startUploader(new StoreGate(), (name) => {
      tries++;
      return denied(name);
    });
    for (let index = 0; index < 1000; index++) uploader.add({ name: `${index}`, bytes: 1, rows: 1, isLeft: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tries).toBeLessThan(60);
    uploader.end();
  });

  it.each([
    [undefined, 5, 12],
    ["20", 2, 5],
    ["300", 1, 1],
  ])("test a store that is away once for all sinks: Retry-After: %s", async (header, least, most) => {
    let [requests, isAway] = [0, true];
    const gate = new StoreGate();
    const answer = (): Promise<HttpResponse> => {
      requests++;
      const headers = new Headers(header === undefined ? {} : { "retry-after": header });
      return Promise.resolve({ status: isAway ? 503 : 200, headers, body: new Uint8Array() });
    };
    const sinks = Array.from({ length: 50 }, () =>
      startUploader(gate, () => attempt(answer, { doing: "cannot create", attempts: 1 })),
    );
    for (const { add } of sinks) add("1", "2", "3");
    await vi.advanceTimersByTimeAsync(60_000);
    // A flush does not shorten the time that the store has asked for.
    if (header === "300") for (const { uploader } of sinks) uploader.retryNow();
    await vi.advanceTimersByTimeAsync(2000);
    expect(requests).toBeGreaterThanOrEqual(least);
    expect(requests).toBeLessThanOrEqual(most);
    isAway = false;
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(sinks.every(({ sent }) => sent.length === 3)).toBe(true);
    for (const { uploader } of sinks) uploader.end();
    expect(vi.getTimerCount()).toBe(0);
  });
});
