import { describe, expect } from "vitest";
import { runProgram } from "./harness/program.ts";
import { RealServer } from "./harness/real-server.ts";
import { isSoak, it } from "./harness/test.ts";

const CONNECTS = isSoak ? 200 : 20;

describe.for([true, false])("with worker: %s", (worker) => {
  it(
    `${CONNECTS} connects and closes leave no socket, timer, worker or listener`,
    { timeout: 300_000 },
    async ({ rerun }) => {
      const server = await RealServer.start(rerun.program);
      const { code, stderr, reports } = await runProgram("grpc-connects", [
        server.url,
        String(CONNECTS),
        JSON.stringify({ worker }),
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const [{ before, after, warnings }] = reports as [{ before: object; after: object; warnings: string[] }];
      expect(after).toEqual(before);
      expect(warnings).toEqual([]);
    },
  );
});
