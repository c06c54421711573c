import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { startRealServer } from "./harness/start-real-server.ts";
import { it } from "./harness/test.ts";

const CONNECTS = isSoak ? 200 : 20;

describe.for([true, false])("connectGrpc (thread: %s)", (thread) => {
  it(
    `leaves no socket, timer, worker or listener after ${CONNECTS} connections that were closed`,
    { timeout: 300_000 },
    async ({ rerun }) => {
      const server = await startRealServer(rerun.program);
      const { code, stderr, reports } = await runProgram("grpc-connects", [
        server.url,
        String(CONNECTS),
        JSON.stringify({ thread }),
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const [{ before, after, warnings }] = reports as [{ before: object; after: object; warnings: string[] }];
      expect(after).toEqual(before);
      expect(warnings).toEqual([]);
    },
  );
});
