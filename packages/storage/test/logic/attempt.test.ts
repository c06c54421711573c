import { describe, expect, it, vi } from "vitest";
import { attempt } from "../../dist/http/attempt.js";
import type { HttpResponse } from "../../dist/http/http-request.js";

function answer(status: number, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers: new Headers(headers), body: new Uint8Array() };
}

/** Sends a request to a store with these answers. Returns the times of the requests, in milliseconds. */
async function timesOf(answers: readonly HttpResponse[], onWait?: (text: string) => void): Promise<number[]> {
  const times: number[] = [];
  vi.useFakeTimers();
  try {
    const result = attempt(
      async () => {
        times.push(Date.now());
        return answers[times.length - 1] ?? answer(200);
      },
      { doing: "cannot create a/b", attempts: 6, onWait },
    );
    await vi.runAllTimersAsync();
    expect(await result).toMatchObject({ status: 200 });
  } finally {
    vi.useRealTimers();
  }
  return times;
}

describe("a request to a store", () => {
  it.each([
    ["7", 7000, 9000],
    ["100000", 60_000, 62_000],
    ["soon", 0, 2000],
  ])(
    "is repeated after the time that the store asks for, up to a minute: Retry-After: %s",
    async (header, least, most) => {
      const [first = 0, second = 0] = await timesOf([answer(503, { "retry-after": header })]);
      expect(second - first).toBeGreaterThanOrEqual(least);
      expect(second - first).toBeLessThan(most);
    },
  );

  it("is repeated after at most a minute of waits that the store asks for, which are reported", async () => {
    const texts: string[] = [];
    const year = answer(503, { "retry-after": "31536000" });
    const times = await timesOf([year, year, year, year], (text) => texts.push(text));
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeLessThan(80_000);
    expect(texts).toEqual(["the store asks to wait 31536000 seconds; the next request follows after 60 seconds"]);
  });

  it("reports no short wait", async () => {
    const texts: string[] = [];
    await timesOf([answer(503, { "retry-after": "2" })], (text) => texts.push(text));
    expect(texts).toEqual([]);
  });
});
