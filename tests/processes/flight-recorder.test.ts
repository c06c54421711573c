import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { startProgram } from "./harness/program.ts";
import { it } from "./harness/test.ts";
import { testRandom } from "./harness/test-random.ts";

const KILLS = isSoak ? 20 : 3;

/** The numbers in the rows of a dump. */
function rowsIn({ rrd }: rr.types.FlightDump): number[] {
  return valuesOf(rrd, "/rows", "Scalars:scalars").flat().map(Number);
}

describe("the ring of a flight recorder on disk", () => {
  it.for(Array.from({ length: KILLS }, (_, index) => index + 1))(
    "is whole after SIGKILL (kill %i)",
    async (_, { folder, rerun }) => {
      const spool = join(folder, "spool");
      const random = testRandom();
      const program = startProgram("flight-recorder", [spool]);
      // Long enough for values to leave the window.
      for (let reports = 250 + random(50); reports > 0; reports--) await program.report();
      program.process.kill("SIGKILL");
      const { reports } = await program.ended;
      const flushed = reports.at(-1) as number;

      const [dump, ...others] = await rr.FlightRecorder.recover({ spool, maxAge: 600 });
      expect(others).toEqual([]);
      const rows = rowsIn(dump as rr.types.RecoveredDump);
      const first = rows[0] ?? 0;
      expect(rows).toEqual(Array.from(rows, (__, index) => first + index));
      expect(rows.at(-1)).toBeGreaterThanOrEqual(flushed - 1);
      const file = join(folder, "recovered.rrd");
      await writeFile(file, dump?.rrd ?? "");
      await rerun.verify(file);
      expect(await rerun.rows(file)).toMatchObject({ "/fixed": 1, "/pose": 1, "/flight_recorder": 1 });

      // Nobody has taken the dump yet, so it is offered again.
      expect(await rr.FlightRecorder.recover({ spool })).toHaveLength(1);
      expect(await rr.FlightRecorder.recover({ spool, maxAge: 0 })).toEqual([]);
      await dump?.discard();
      expect(await rr.FlightRecorder.recover({ spool })).toEqual([]);
      expect(readdirSync(spool)).toEqual([]);
    },
  );

  it("has the last rows and the reason after an exception, and the handler has run", async ({ folder }) => {
    const spool = join(folder, "spool");
    const program = startProgram("flight-recorder", [spool, "throw"]);
    const { code, reports, stderr } = await program.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("no route to the arm")]);
    const reason = "uncaught exception: TypeError: no route to the arm";
    expect(reports).toEqual([{ reason, bytes: expect.any(Number) }]);
    const [dump] = await rr.FlightRecorder.recover({ spool });
    expect(rowsIn(dump as rr.types.RecoveredDump).at(-1)).toBe(300);
    expect(valuesOf(dump?.rrd ?? new Uint8Array(), "/flight_recorder", "TextLog:text").flat()).toContain(reason);
    expect(await rr.FlightRecorder.discard({ spool })).toBe(1);
    expect(await rr.FlightRecorder.recover({ spool })).toEqual([]);
  });

  it("is not touched while its process lives, and gone when it has closed the recording", async ({ folder }) => {
    const spool = join(folder, "spool");
    const living = startProgram("flight-recorder", [spool]);
    await living.report();
    expect(await rr.FlightRecorder.recover({ spool })).toEqual([]);
    expect(await rr.FlightRecorder.discard({ spool })).toBe(0);
    const closing = startProgram("flight-recorder", [spool, "close"]);
    expect((await closing.ended).reports).toEqual(["closed"]);
    expect(readdirSync(spool)).toHaveLength(1);
    living.process.kill("SIGKILL");
    await living.ended;
    expect(existsSync(spool)).toBe(true);
    expect(await rr.FlightRecorder.recover({ spool })).toHaveLength(1);
  });
});
