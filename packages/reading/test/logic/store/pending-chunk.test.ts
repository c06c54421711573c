import { describe, expect, it } from "vitest";
import type { ChunkData } from "../../../dist/store/chunk-data.js";
import { PendingChunk } from "../../../dist/store/pending-chunk.js";
import { Scalars } from "@rerun-ts/types";
import { chunksOf } from "../chunks.ts";

const [chunk] = chunksOf((recording) => recording.log("a", new Scalars(1))) as [ChunkData];

describe("waiting for a chunk that another call loads", () => {
  it("ends with the chunk, for all that wait", async () => {
    const pending = new PendingChunk();
    const waits = [pending.wait(undefined), pending.wait(new AbortController().signal)];
    pending.resolve(chunk);
    expect(await Promise.all(waits)).toEqual([chunk, chunk]);
    expect(await pending.wait(undefined)).toBe(chunk);
  });

  it("ends with the other call's error, or because that was aborted", async () => {
    const pending = new PendingChunk();
    const wait = pending.wait(undefined);
    pending.reject(new Error("lost"));
    await expect(wait).rejects.toThrow("lost");
    const aborted = new PendingChunk();
    aborted.resolve("aborted");
    expect(await aborted.wait(undefined)).toBe("aborted");
  });

  it("ends when its own signal fires, and leaves no listener", async () => {
    const abort = new AbortController();
    const { signal } = abort;
    let listeners = 0;
    const counting = new Proxy(signal, {
      get(target, key) {
        if (key === "addEventListener") listeners++;
        if (key === "removeEventListener") listeners--;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const pending = new PendingChunk();
    const wait = pending.wait(counting);
    expect(listeners).toBe(1);
    abort.abort();
    await expect(wait).rejects.toMatchObject({ code: "ABORTED" });
    expect(listeners).toBe(0);
    pending.resolve(chunk);
    await expect(pending.wait(signal)).rejects.toMatchObject({ code: "ABORTED" });
  });
});
