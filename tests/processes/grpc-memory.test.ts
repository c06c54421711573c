import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { it } from "./harness/test.ts";

const MB = 1_000_000;
const LOGGED_MB = isSoak ? 2000 : 200;
const QUEUE_BYTES = 50 * MB;
/** The memory that may be used besides the queue, in addition to that of Node and the package before logging. */
const MORE_BYTES = 150 * MB;
const LIMIT_MS = 60_000;
/** The row with the properties of the recording. */
const OWN_ROWS = 1;

interface Report {
  readonly rows: number;
  readonly bytes: number;
  readonly droppedRows: number;
  readonly droppedBytes: number;
  readonly complete?: boolean;
  readonly code?: string;
  readonly usedBytes: number;
}

describe.skipIf(process.platform !== "linux")(`logging ${LOGGED_MB} MB in a loop without a server`, () => {
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
    "ends in time, stays within the queue limit, and counts all dropped rows (%s, thread: %s)",
    { timeout: LIMIT_MS },
    async ([onFull, thread]) => {
      const options = JSON.stringify({ onFull, thread, maxQueueBytes: QUEUE_BYTES });
      const end = await runProgram("grpc-memory", [urlOf(await freePort()), String(LOGGED_MB), options]);
      expect(end.code, end.stderr).toBe(0);
      const [{ rows, bytes, droppedRows, droppedBytes, complete, code, usedBytes }] = end.reports as [Report];
      expect(usedBytes).toBeLessThan(QUEUE_BYTES + MORE_BYTES);
      expect(droppedRows).toBe(rows + OWN_ROWS);
      // More by the message that opened the recording, which has no rows.
      expect(droppedBytes).toBeGreaterThanOrEqual(bytes);
      expect({ complete, code }).toEqual(onFull === "error" ? { code: "QUEUE_FULL" } : { complete: false });
    },
  );
});
