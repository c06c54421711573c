import { describe, expect, it } from "vitest";
import { inOrder, type Eventual } from "../../../dist/store/in-order.js";

/** A promise that is settled from outside. */
function deferred(): { promise: Promise<number>; resolve(value: number): void; reject(error: Error): void } {
  let [resolve, reject] = [(_: number): void => undefined, (_: Error): void => undefined];
  const promise = new Promise<number>((onResolve, onReject) => ([resolve, reject] = [onResolve, onReject]));
  return { promise, resolve, reject };
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
    const [first, third] = [deferred(), deferred()];
    const values = collectNumbers(inOrder(sequence([first.promise, 2, third.promise, 4])));
    third.resolve(3);
    await turns();
    first.resolve(1);
    expect(await values).toEqual([1, 2, 3, 4]);
    expect(await collectNumbers(inOrder(sequence([])))).toEqual([]);
  });

  it("requests few values ahead of one that is not ready", async () => {
    const first = deferred();
    let requested = 0;
    const values = collectNumbers(
      inOrder(sequence([first.promise, ...Array.from({ length: 50 }, (_, index) => index + 2)], () => requested++)),
    );
    await turns();
    expect(requested).toBeGreaterThan(2);
    expect(requested).toBeLessThan(20);
    first.resolve(1);
    expect(await values).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
  });

  it("yields what comes before an error, of the sequence or of a value", async () => {
    async function* failing(): AsyncGenerator<Eventual<number>, void, undefined> {
      yield { value: first.promise };
      yield { value: 2 };
      throw new Error("no more");
    }
    const first = deferred();
    const received: number[] = [];
    const reading = (async () => {
      for await (const value of inOrder(failing())) received.push(value);
    })();
    await turns();
    first.resolve(1);
    await expect(reading).rejects.toThrow("no more");
    expect(received).toEqual([1, 2]);

    const second = deferred();
    const values = inOrder(sequence([1, second.promise, 3]));
    expect(await values.next()).toEqual({ done: false, value: 1 });
    second.reject(new Error("damaged"));
    await expect(values.next()).rejects.toThrow("damaged");
    expect(await values.next()).toEqual({ done: true, value: undefined });
  });

  it("closes the sequence when its receiver leaves early, and ignores later errors", async () => {
    let isClosed = false;
    async function* closing(): AsyncGenerator<Eventual<number>, void, undefined> {
      try {
        yield { value: first.promise };
        yield { value: late.promise };
        yield { value: 3 };
      } finally {
        isClosed = true;
      }
    }
    const [first, late] = [deferred(), deferred()];
    const leaving = (async () => {
      for await (const value of inOrder(closing())) return value;
      return undefined;
    })();
    await turns();
    first.resolve(1);
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
