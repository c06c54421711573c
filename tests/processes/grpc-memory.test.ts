import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { freePort, urlOf } from "./harness/real-server.ts";
import { isSoak, it } from "./harness/test.ts";

const MB = 1_000_000;
const LOGGED_MB = isSoak ? 2000 : 200;
const QUEUE_BYTES = 50 * MB;
/** What may be taken besides the queue, on top of what Node and the package take before anything is logged. */
const MORE_BYTES = 150 * MB;
const LIMIT_MS = 60_000;
/** The recording's own properties. */
const OWN_ROWS = 1;

interface Report {
  readonly rows: number;
  readonly bytes: number;
  readonly droppedRows: number;
  readonly droppedBytes: number;
  readonly complete?: boolean;
  readonly code?: string;
  readonly taken: number;
}

describe.skipIf(process.platform !== "linux")(`${LOGGED_MB} MB logged in a loop, with no server`, () => {
  it.for([
    ["block", true],
    ["block", false],
    ["drop-oldest", true],
    ["drop-oldest", false],
    ["drop-newest", true],
    ["drop-newest", false],
    ["error", true],
    ["error", false],
  ] as const)(
    "end in time, keep within the queue, and are all counted (%s, worker: %s)",
    { timeout: LIMIT_MS },
    async ([onFull, worker]) => {
      const options = JSON.stringify({ onFull, worker, maxQueueBytes: QUEUE_BYTES });
      const end = await runProgram("grpc-memory", [urlOf(await freePort()), String(LOGGED_MB), options]);
      expect(end.code, end.stderr).toBe(0);
      const [{ rows, bytes, droppedRows, droppedBytes, complete, code, taken }] = end.reports as [Report];
      expect(taken).toBeLessThan(QUEUE_BYTES + MORE_BYTES);
      expect(droppedRows).toBe(rows + OWN_ROWS);
      // And what opened the recording, which is no chunk.
      expect(droppedBytes).toBeGreaterThanOrEqual(bytes);
      expect({ complete, code }).toEqual(onFull === "error" ? { code: "QUEUE_FULL" } : { complete: false });
    },
  );
});
