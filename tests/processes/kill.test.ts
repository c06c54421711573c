import { isSoak } from "@rerun-ts/test-support/node/environment";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RrdDecoder } from "@rerun-ts/core/decode";
import { describe, expect } from "vitest";
import { startProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { testRandom } from "./harness/test-random.ts";

const KILLS = isSoak ? 50 : 4;
const MAX_ROUNDS = isSoak ? 40 : 12;
const MAX_DELAY_MICROSECONDS = 3000;
const MESSAGE_HEADER_BYTES = 16;

/** The rows and images that a program has certainly flushed. */
interface Flushed {
  readonly rows: number;
  readonly images: number;
}

describe("a file after SIGKILL in the middle of logging", () => {
  it.for(Array.from({ length: KILLS }, (_, index) => index + 1))(
    "has everything that was flushed (kill %i)",
    async (_, { folder, rerun }) => {
      const file = join(folder, "killed.rrd");
      const random = testRandom();
      const program = startProgram("endless", [file]);
      for (let rounds = 1 + random(MAX_ROUNDS - 1); rounds > 0; rounds--) await program.report();
      // At any time in a round, also while a message is being written.
      const end = performance.now() + random(MAX_DELAY_MICROSECONDS) / 1000;
      while (performance.now() < end);
      program.process.kill("SIGKILL");
      const { signal, reports } = await program.ended;
      expect(signal).toBe("SIGKILL");

      const flushed = reports.at(-1) as Flushed;
      for (const found of [await rerun.rows(file), await rerun.rowsAfterMerge(file)]) {
        expect(found["/rows"]).toBeGreaterThanOrEqual(flushed.rows);
        expect(found["/image"] ?? 0).toBeGreaterThanOrEqual(flushed.images);
      }
      expectOnlyTheLastMessageCut(await readFile(file));
    },
  );
});

/** Fails unless a stream has complete messages, and at most one truncated message at its end. */
function expectOnlyTheLastMessageCut(stream: Uint8Array): void {
  const decoder = new RrdDecoder();
  const kinds = [...decoder.push(stream)].map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(["storeInfo", "chunk"]));
  const { rest } = decoder;
  if (rest.byteLength < MESSAGE_HEADER_BYTES) return;
  const header = new DataView(rest.buffer, rest.byteOffset);
  expect(header.getBigUint64(0, true)).toBe(2n);
  expect(rest.byteLength).toBeLessThan(MESSAGE_HEADER_BYTES + Number(header.getBigUint64(8, true)));
}
