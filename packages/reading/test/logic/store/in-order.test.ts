import { deferred } from "@rerun-ts/test-support/common/recordings";
import { describe, expect, it } from "vitest";
import { inOrder, type Eventual } from "../../../dist/store/in-order.js";

/** A value that is ready, or fails, when the test says so. */
function eventual(value: number): { value: Promise<number>; resolve: () => void; reject: (reason: unknown) => void } {
  const { promise, resolve, reject } = deferred();
  return { value: promise.then(() => value), resolve, reject };
}

async function* sequence(
  values: Iterable<number | Promise<number>>,
  onRequest?: () => void,
): AsyncGenerator<Eventual<number>, void, undefined> {
  for (const value of values) {
    onRequest?.();
    yield { value };
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

describe("inOrder", () => {
  it("yields values in their order, whenever they are ready", async () => {
    const [first, third] = [eventual(1), eventual(3)];
    const values = collectNumbers(inOrder(sequence([first.value, 2, third.value, 4])));
    third.resolve();
    await turns();
    first.resolve();
    expect(await values).toEqual([1, 2, 3, 4]);
    expect(await collectNumbers(inOrder(sequence([])))).toEqual([]);
  });

  it("requests few values ahead of one that is not ready", async () => {
    const first = eventual(1);
    let requested = 0;
    const values = collectNumbers(
      inOrder(sequence([first.value, ...Array.from({ length: 50 }, (_, index) => index + 2)], () => requested++)),
    );
    await turns();
    expect(requested).toBeGreaterThan(2);
    expect(requested).toBeLessThan(20);
    first.resolve();
    expect(await values).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
  });

  it("yields what comes before an error, of the sequence or of a value", async () => {
    async function* failing(): AsyncGenerator<Eventual<number>, void, undefined> {
      yield { value: first.value };
      yield { value: 2 };
      throw new Error("no more");
    }
    const first = eventual(1);
    const received: number[] = [];
    const reading = (async () => {
      for await (const value of inOrder(failing())) received.push(value);
    })();
    await turns();
    first.resolve();
    await expect(reading).rejects.toThrow("no more");
    expect(received).toEqual([1, 2]);

    const second = eventual(2);
    const values = inOrder(sequence([1, second.value, 3]));
    expect(await values.next()).toEqual({ done: false, value: 1 });
    second.reject(new Error("damaged"));
    await expect(values.next()).rejects.toThrow("damaged");
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it("closes the sequence when its receiver leaves early, and ignores later errors", async () => {
    let isClosed = false;
    async function* closing(): AsyncGenerator<Eventual<number>, void, undefined> {
      try {
        yield { value: first.value };
        yield { value: late.value };
        yield { value: 3 };
      } finally {
        isClosed = true;
      }
    }
    const [first, late] = [eventual(1), eventual(2)];
    const leaving = (async () => {
      for await (const value of inOrder(closing())) return value;
      return undefined;
    })();
    await turns();
    first.resolve();
    expect(await leaving).toBe(1);
    expect(isClosed).toBe(true);
    late.reject(new Error("too late"));
    await turns();
  });
});

async function collectNumbers(values: AsyncIterable<number>): Promise<number[]> {
  const all: number[] = [];
  for await (const value of values) all.push(value);
  return all;
}
