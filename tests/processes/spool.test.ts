import { randomInt } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { freePort, urlOf } from "@rerun-ts/test-support/node/free-port";
import { describe, expect } from "vitest";
import { rowNumbers } from "./harness/logged-rows.ts";
import { RelayProgram } from "./harness/relay-program.ts";
import { runProgram, startProgram } from "./harness/program.ts";
import { isSoak, it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const KILLS = isSoak ? 40 : 2;
const MAX_REPORTS = 20;
/** The rows of one program begin this much after those of the one before. */
const STEP = 1_000_000;
const patient = { timeout: isSoak ? 900_000 : 60_000 };

const TRANSPORTS = {
  "over gRPC": (port: number) => urlOf(port),
  "over a WebSocket": (port: number) => `ws://127.0.0.1:${port}/ws`,
};

describe.each(Object.entries(TRANSPORTS))("a spool in a folder, %s", (_, urlAt) => {
  it(
    `delivers every flushed row once, though ${KILLS} programs and their relays are killed`,
    patient,
    async ({ folder, rerun }) => {
      const [directory, port] = [join(folder, "spool"), await freePort()];
      const files: string[] = [];
      const startRelay = (): Promise<RelayProgram> => {
        files.push(join(folder, `${files.length}.rrd`));
        return RelayProgram.start(["serve", "--quiet", "--port", String(port), "--save", files.at(-1) as string]);
      };
      const flushed: number[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        // Programs begin without a relay, and without a relay, or in the middle of sending, they end.
        const program = startProgram("spool", [directory, urlAt(port), String(kill * STEP)]);
        const [before, during, after] = [0, 0, 0].map(() => randomInt(1, MAX_REPORTS));
        for (let report = 0; report < (before as number); report++) await program.report();
        const relay = await startRelay();
        for (let report = 0; report < (during as number); report++) await program.report();
        if (kill % 2 === 0) await relay.kill();
        for (let report = 0; report < (after as number); report++) await program.report();
        program.process.kill("SIGKILL");
        flushed.push(Number((await program.ended).reports.at(-1)));
        if (kill % 2 === 1) await relay.kill();
      }
      const last = await startRelay();
      const { reports, code, stderr } = await runProgram("spool", [directory, urlAt(port)]);
      expect(stderr).toBe("");
      expect(reports).toMatchObject([{ complete: true, droppedRows: 0 }]);
      expect(code).toBe(0);
      await last.interrupt();
      // Nothing is left, not even the lock.
      expect(await readdir(directory)).toEqual([]);

      const merged = join(folder, "all.rrd");
      await rerun.merge(merged, ...files);
      const rows = readChunks(await readFile(merged))
        .filter(({ entityPath }) => entityPath === "/rows")
        .flatMap(({ times }) => (times["row"] ?? []).map(Number));
      expect(new Set(rows).size).toBe(rows.length);
      const delivered = new Set(rows);
      for (const [kill, count] of flushed.entries()) {
        const missing = Array.from({ length: count }, (__, row) => kill * STEP + row).filter(
          (row) => !delivered.has(row),
        );
        expect(missing).toEqual([]);
      }
    },
  );

  it("is empty after a program that exits at once, if there is a relay", patient, async ({ folder }) => {
    const [directory, port, file] = [join(folder, "spool"), await freePort(), join(folder, "relay.rrd")];
    const relay = await RelayProgram.start(["serve", "--quiet", "--port", String(port), "--save", file]);
    const { code, stderr } = await runProgram("spool", [directory, urlAt(port), "0", "exit"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await readdir(directory)).toEqual([]);
    await relay.interrupt();
    expect(rowNumbers(await readFile(file)).size).toBe(ROWS);
  });
});
