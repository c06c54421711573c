import { RecordingStream } from "@rerun-ts/core";
import { decodeRrd } from "@rerun-ts/core/decode";
import { seededRandom } from "@rerun-ts/test-support/common/seeded-random";
import { Points3D, Scalars } from "@rerun-ts/types";
import { expect, test } from "vitest";
import { scan } from "../../dist/source/scan.js";
import type { OpenSource } from "../../src/source/random-access.ts";

const SEED = 12;
const MIB = 1024 * 1024;

/** About 17 MB of small messages, large ones, and one that is larger than a read. */
function recordMessages(): Uint8Array {
  const next = seededRandom(SEED);
  const rec = new RecordingStream("scan", { recordingId: "one", compression: "none", batcher: { flushNumRows: 0 } });
  const memory = rec.memoryRecording();
  for (let frame = 0; frame < 60; frame++) {
    rec.setTime("frame", frame);
    for (let row = 0; row < 10; row++) rec.log("small", new Scalars(next(1000)));
    const count = frame === 30 ? 500_000 : next(40_000);
    rec.log("points", new Points3D(Float32Array.from({ length: 3 * count }, (_, index) => index + frame)));
  }
  return memory.drainAsBytes();
}

function sourceOf(bytes: Uint8Array, canReadInto: boolean): OpenSource {
  const readInto = async (target: Uint8Array, start: number): Promise<void> => {
    await Promise.resolve();
    target.set(bytes.subarray(start, start + target.byteLength));
  };
  return {
    size: bytes.byteLength,
    read: async (start, length) => bytes.slice(start, start + length),
    readInto: canReadInto ? readInto : undefined,
  };
}

test("finds the same messages in own memory and in memory of the source, while it reads the next", async () => {
  console.info(`seed ${SEED}`);
  const bytes = recordMessages();
  expect(bytes.byteLength).toBeGreaterThan(3 * 4 * MIB);
  const expected = decodeRrd(bytes).map(({ payload }) => payload);
  for (const canReadInto of [true, false]) {
    const found: Uint8Array[] = [];
    for await (const messages of scan(sourceOf(bytes, canReadInto), [])) {
      // The next part is read meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      for (const { message, offset } of messages) {
        const place = bytes.subarray(offset, offset + message.payload.byteLength);
        expect(Buffer.compare(message.payload, place)).toBe(0);
        found.push(message.payload);
      }
    }
    expect(found).toHaveLength(expected.length);
    expect(found.every((payload, index) => Buffer.compare(payload, expected[index] as Uint8Array) === 0)).toBe(true);
  }
});

test("reports a read that fails while the messages before it are in use", async () => {
  const bytes = recordMessages();
  const source = sourceOf(bytes, true);
  const failing: OpenSource = {
    ...source,
    readInto: async (target, start) => {
      if (start > 5 * MIB) throw new Error("the disk is gone");
      await source.readInto?.(target, start);
    },
  };
  let count = 0;
  const reading = async (): Promise<void> => {
    for await (const messages of scan(failing, [])) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      count += messages.length;
    }
  };
  await expect(reading()).rejects.toThrow("the disk is gone");
  expect(count).toBeGreaterThan(0);
});

test("leaves a read behind when the caller stops", async () => {
  const bytes = recordMessages();
  const failing: OpenSource = {
    ...sourceOf(bytes, true),
    readInto: async (target, start) => {
      if (start > 0) throw new Error("nobody waits for this");
      target.set(bytes.subarray(0, target.byteLength));
    },
  };
  for await (const messages of scan(failing, [])) {
    expect(messages.length).toBeGreaterThan(0);
    break;
  }
  // An unhandled rejection would fail this test.
  await new Promise((resolve) => setImmediate(resolve));
});

test("ends with the reason of an abort, before the first read and between two", async () => {
  const bytes = recordMessages();
  const reads: number[] = [];
  const access: OpenSource = {
    size: bytes.byteLength,
    async read(start, length, options) {
      reads.push(start);
      options?.signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
      // As a request does. Nobody waits for the second one.
      options?.signal?.throwIfAborted();
      return bytes.subarray(start, start + length);
    },
  };
  const ended = new AbortController();
  let count = 0;
  const reading = async (): Promise<void> => {
    for await (const messages of scan(access, [], { signal: ended.signal })) {
      count += messages.length;
      ended.abort();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await expect(reading()).rejects.toMatchObject({ code: "ABORTED" });
  expect(count).toBeGreaterThan(0);
  expect(reads).toHaveLength(2);
  await expect(reading()).rejects.toMatchObject({ code: "ABORTED" });
  expect(reads).toHaveLength(2);
});
