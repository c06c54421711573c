import { cpSync, existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { valuesOf } from "@rerun-ts/test-support/common/read-chunks";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { startProgram } from "./harness/program.ts";
import { RelayProgram } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";
import { testRandom } from "./harness/test-random.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

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

    // A program that crashes at each start does not fill the disk.
    const [ring = ""] = readdirSync(spool);
    for (let crash = 0; crash < 12; crash++)
      cpSync(join(spool, ring), join(spool, `flight-crash-${crash}`), { recursive: true });
    await writeFile(join(spool, "notes.txt"), "mine");
    const next = startProgram("flight-recorder", [spool]);
    await next.report();
    await expect.poll(() => readdirSync(spool).length, { timeout: 20_000 }).toBe(12);
    expect(readdirSync(spool)).toContain("notes.txt");
    expect(await rr.FlightRecorder.recover({ spool })).toHaveLength(10);
    next.process.kill("SIGKILL");
    await next.ended;
  });
});

describe("`rerun-ts serve --flight-recorder`", () => {
  it("writes a dump at a signal and at a request, and hands data to readers alone", async ({ folder, rerun }) => {
    const dumps = join(folder, "dumps");
    await mkdir(dumps);
    await writeFile(join(dumps, "notes.txt"), "mine");
    for (let old = 1; old <= 3; old++) await writeFile(join(dumps, `dump-2020-01-0${old}T00-00-00Z-old.rrd`), "old");
    const access = join(folder, "access.json");
    const tokens = [
      { token: "writer", write: true },
      { token: "one-reader", write: true, read: true, recordings: ["one"] },
      { token: "reader", read: true },
    ];
    await writeFile(access, JSON.stringify({ tokens }));
    const flags = ["--flight-recorder", "60s", "--dump-on", "SIGUSR2", "--dump-to", dumps, "--dump-max-files", "3"];
    const relay = await RelayProgram.start(["serve", "--port", "0", "--access", access, ...flags]);
    for (const recordingId of ["one", "two"]) {
      const recording = new rr.RecordingStream("clients", { recordingId });
      await recording.connectGrpc(relay.url, { headers: { authorization: "Bearer writer" } });
      recording.log(recordingId, new rr.Scalars(1));
      await recording.flush({ ack: true });
      await recording.close();
    }
    const ask = (token: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${relay.port}/dump?reason=a%20test`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await ask("reader")).status).toBe(401);
    const answer = await ask("one-reader");
    expect(answer.headers.get("content-type")).toBe("application/x-rerun");
    const file = join(folder, "answer.rrd");
    await writeFile(file, new Uint8Array(await answer.arrayBuffer()));
    await rerun.verify(file);
    expect(Object.keys(await rerun.rows(file))).toEqual(expect.not.arrayContaining(["/two"]));
    expect(await rerun.rows(file)).toMatchObject({ "/one": 1 });
    expect([(await ask("writer")).status, (await ask("writer")).headers.get("retry-after")]).toEqual([429, "10"]);

    process.kill(relay.pid as number, "SIGUSR2");
    const names = (): string[] => readdirSync(dumps).filter((name) => name.includes("SIGUSR2"));
    await expect.poll(names, { timeout: 20_000 }).toHaveLength(1);
    await expect.poll(() => readdirSync(dumps)).toHaveLength(4);
    expect(readdirSync(dumps)).toContain("notes.txt");
    expect(await rerun.rows(join(dumps, names()[0] ?? ""))).toMatchObject({ "/one": 1, "/two": 1 });
    expect((await relay.interrupt()).code).toBe(0);
  });

  it.for([
    [["--flight-recorder", "soon"], /`--flight-recorder` must be a duration such as 60s or 5min, got soon/],
    [["--flight-recorder", "60s", "--dump-on", "SIGKILL"], /`--dump-on` must be one of SIGUSR2, SIGQUIT, got SIGKILL/],
    [["--dump-to", "dumps"], /--flight-recorder/],
  ] as const)("names a wrong flag: %j", async ([flags, message]) => {
    const { code, stderr } = await runWarmCli(["serve", "--port", "0", ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
