import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { startProgram } from "./harness/program.ts";
import { RelayProgram, runCli } from "./harness/relay-program.ts";
import { isSoak, it } from "./harness/test.ts";

const KILLS = isSoak ? 20 : 3;
const ROWS = 100_000;
const PAUSE_MS = isSoak ? 500 : 60;

describe("rerun-ts", () => {
  it("explains itself", async () => {
    const [overview, serve, view, version] = await Promise.all(
      [[], ["serve", "--help"], ["help", "view"], ["--version"]].map((args) => runCli(args)),
    );
    for (const end of [overview, serve, view, version]) expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(overview?.stdout.toString()).toContain("rerun-ts serve [FILE.rrd …]");
    expect(serve?.stdout.toString()).toContain("--memory-limit AMOUNT");
    expect(view?.stdout.toString()).toContain("--no-open");
    expect(version?.stdout.toString()).toBe(`rerun-ts ${rr.VERSION}, for Rerun ${rr.RERUN_VERSION}\n`);
  });

  it("ends with 2 where it is used wrongly, and with 1 where something is missing, and says why", async () => {
    const cases: [string[], number, string][] = [
      [["bogus"], 2, 'there is no command "bogus"'],
      [["serve", "--bogus"], 2, "--bogus"],
      [["serve", "--port", "many"], 2, "`--port` must be a whole number"],
      [["serve", "--port", "0", "--memory-limit", "5"], 2, "expected e.g. '16GB', got"],
      [["serve", "--port", "0", "--tls-key", "key.pem"], 2, "`--tls-key` and `--tls-cert` go together"],
      [["serve", "--port", "0", "nothing.rrd"], 1, "cannot read nothing.rrd"],
      [["serve", "--port", "0", "--save", "/no/such/folder/x.rrd"], 1, "cannot create /no/such/folder/x.rrd"],
      [["view"], 2, "`view` needs a file or an address"],
      [["view", "nothing.rrd"], 1, "there is no file nothing.rrd"],
    ];
    const ends = await Promise.all(cases.map(([args]) => runCli(args)));
    for (const [index, [args, code, message]] of cases.entries()) {
      expect([args, ends[index]?.code]).toEqual([args, code]);
      expect(ends[index]?.stderr).toContain(message);
    }
  });

  it("serves files and what comes, saves all of it, and ends in good order", async ({ folder, rerun }) => {
    const [before, saved, own] = ["before.rrd", "saved.rrd", "own.rrd"].map((name) => join(folder, name));
    const old = new rr.RecordingStream("old", { recordingId: "old" });
    await old.save(before as string);
    old.log("old", new rr.Scalars(1));
    await old.close();

    const relay = await RelayProgram.start(["serve", "--port", "0", "--save", saved as string, before as string]);
    const rec = new rr.RecordingStream("new", { recordingId: "new" });
    await rec.setSinks([new rr.WebSocketSink(relay.socketUrl), new rr.FileSink(own as string)]);
    for (let row = 0; row < 1000; row++) {
      rec.setTime("row", row);
      rec.log("rows", new rr.Scalars(row));
    }
    expect(await rec.close()).toMatchObject({ complete: true, droppedRows: 0 });
    const { code, stderr, stdout } = await relay.interrupt();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.toString()).toMatch(/Wrote \S+saved\.rrd \(\S+ kB\)\n$/);
    await rerun.verify(saved as string);
    const all = await readFile(saved as string);
    expect(missingRows(1000, rowNumbers(all))).toEqual([]);
    expect(all.includes("/old")).toBe(true);
  });

  it("shows a file in the web viewer", async ({ folder }) => {
    const file = join(folder, "a file.rrd");
    await writeFile(file, "data");
    await writeFile(join(folder, "index.html"), "the viewer");
    const args = ["view", "--port", "0", "--no-open", "--assets", folder, file, "rerun+http://localhost:9876/proxy"];
    const program = await RelayProgram.start(args, /^The web viewer is at /);
    const page = new URL(program.url);
    const [shown = "", server] = page.searchParams.getAll("url");
    expect(server).toBe("rerun+http://localhost:9876/proxy");
    expect(await (await fetch(page)).text()).toBe("the viewer");
    expect(await (await fetch(shown)).text()).toBe("data");
    expect((await fetch(new URL("/files/1/other", shown))).status).toBe(404);
    expect(await program.interrupt()).toMatchObject({ code: 0 });
  });
});

describe.for([true, false])("with worker: %s", (worker) => {
  // The relay's own files are the proof: what it acknowledges stands in its file, however it ends.
  it(
    `no row of ${ROWS} that goes over a WebSocket is lost when the relay is killed ${KILLS} times`,
    { timeout: isSoak ? 900_000 : 60_000 },
    async ({ folder }) => {
      let relay = await RelayProgram.start(["serve", "--port", "0", "--save", join(folder, "0.rrd")]);
      const { port, socketUrl } = relay;
      const options = JSON.stringify({ worker, rows: ROWS, pauseMs: PAUSE_MS });
      const program = startProgram("grpc", ["logs in bursts", socketUrl, options]);
      for (let kill = 1; kill <= KILLS; kill++) {
        for (let burst = 0; burst < 100 / (KILLS + 2); burst++) await program.report();
        await relay.kill();
        relay = await RelayProgram.start(["serve", "--port", String(port), "--save", join(folder, `${kill}.rrd`)]);
      }
      const { code, stderr, reports } = await program.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(reports.at(-1)).toMatchObject({ complete: true, pendingBytes: 0, droppedRows: 0 });
      await relay.interrupt();
      const files = Array.from({ length: KILLS + 1 }, (_, index) => join(folder, `${index}.rrd`));
      const found = await Promise.all(files.map(async (file) => rowNumbers(await readFile(file))));
      expect(missingRows(ROWS, ...found)).toEqual([]);
      // Else nothing was proven.
      for (const rows of found) expect(rows.size).toBeLessThan(ROWS);
      expect(found[0]?.size).toBeGreaterThan(0);
    },
  );
});
