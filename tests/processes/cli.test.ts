import { existsSync } from "node:fs";
import { isSoak } from "@rerun-ts/test-support/node/environment";
import { once } from "node:events";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeRrd } from "@rerun-ts/core/decode";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import type { CommandEnd } from "./harness/command.ts";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { startProgram } from "./harness/program.ts";
import { RelayProgram, runCli } from "./harness/relay-program.ts";
import { damagedFile, it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

const ENDINGS = isSoak ? 20 : 2;
const ROWS = isSoak ? 100_000 : 20_000;
const PAUSE_MS = isSoak ? 500 : 60;
/** A path below a file, where there can be nothing. */
const BELOW_FILE = join(import.meta.filename, "below");
/** Of 100, the last of which waits until the relay has ended for the last time. */
const BURSTS_PER_END = Math.floor(99 / (ENDINGS + 1));

describe("rerun-ts", () => {
  it("prints help for each command, and its version", async () => {
    const [overview, serve, view, version] = await Promise.all([
      runCli([]),
      ...[["serve", "--help"], ["help", "view"], ["--version"]].map((args) => runWarmCli(args)),
    ]);
    for (const end of [overview, serve, view, version]) expect(end).toMatchObject({ code: 0, stderr: "" });
    expect(overview?.stdout.toString()).toContain("rerun-ts serve [OPTION …] [FILE.rrd …]");
    expect(serve?.stdout.toString()).toContain("--memory-limit AMOUNT");
    expect(view?.stdout.toString()).toContain("--no-open");
    expect(version?.stdout.toString()).toBe(`rerun-ts ${rr.VERSION}, for Rerun ${rr.RERUN_VERSION}\n`);
  });

  it("exits with 2 for wrong usage and with 1 for missing files, with the reason on standard error", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const port = String((other.address() as AddressInfo).port);
    const cases: [string[], number, string][] = [
      [["sevre"], 2, "unknown command `sevre` (did you mean `serve`?)"],
      [["serve", "--prot", "1"], 2, "unknown option `--prot` (did you mean `--port`?)"],
      [["serve", "--bogus"], 2, "--bogus"],
      [["serve", "--save"], 2, "`--save` requires a value\nRun"],
      [
        ["serve", "--save", "--port", "0"],
        2,
        "`--save` requires a value; one with a dash is given as `--save=-…`\nRun",
      ],
      [["serve", "--web-viewer=yes"], 2, "`--web-viewer` takes no value\nRun"],
      [["serve", "--port", "many"], 2, '`--port` must be a port from 0 to 65535, got "many"'],
      [["serve", "--port", "0", "--memory-limit", "5"], 2, 'such as "16GB" or "25%", got "5"'],
      [["serve", "--port", "0", "--tls-key", "key.pem"], 2, "`--tls-key` requires `--tls-cert`"],
      [["serve", "--fsync", "often"], 2, '`--fsync` must be one of "never", "interval", "every-ack", got "often"'],
      [["serve", "--port", "0", "nothing.rrd"], 1, "cannot read nothing.rrd"],
      [["serve", "--port", "0", "--save", "/no/such/folder/x.rrd"], 1, "cannot create /no/such/folder/x.rrd"],
      [
        ["serve", "--port", "0", "--bind", "0.0.0.0", "--save", "/no/such/folder/x.rrd"],
        1,
        'set `--read-token` and `--write-token`, or `--bind` to "127.0.0.1"',
      ],
      [["serve", "--port", "0", "--bind", "here"], 2, "`--bind` must be an IP address"],
      [["serve", "--port", port], 1, "set `--port` to another one, or to 0 for a free one"],
      [
        ["serve", "--port", "0", "--web-viewer-port", port, "--no-open"],
        1,
        "set `--web-viewer-port` to another one, or to 0 for a free one",
      ],
      [
        ["view", "--port", port, "--no-open", "rerun+http://localhost/proxy"],
        1,
        "set `--port` to another one, or to 0",
      ],
      [["view", "--web-viewer-port", port, "--no-open", "rerun+http://localhost/proxy"], 1, "for a free one"],
      [
        ["view", "--port", "0", "--web-viewer-port", "0", "rerun+http://localhost/proxy"],
        2,
        "`--web-viewer-port` cannot be combined with `--port`",
      ],
      [["view"], 2, "`view` requires at least one file or URL"],
      [["view", "nothing.rrd"], 1, "cannot read nothing.rrd: no such file"],
      [["rrd", "stats", `${BELOW_FILE}/a.rrd`], 1, `rerun-ts: cannot read ${BELOW_FILE}/a.rrd: `],
      [["mcap", "info", `${BELOW_FILE}/a.mcap`], 1, `rerun-ts: cannot read ${BELOW_FILE}/a.mcap: `],
      [["seal", `${BELOW_FILE}/parts`], 1, `rerun-ts: cannot read ${BELOW_FILE}/parts: `],
    ];
    // Commands that have opened a port before the error must also close it, or their process would not end.
    const run = (args: string[]): Promise<CommandEnd> =>
      args.some((arg) => /^--(?:web-viewer-port|port)$/.test(arg)) && args.includes(port)
        ? runCli(args)
        : runWarmCli(args);
    const ends = await Promise.all(cases.map(([args]) => run(args)));
    other.close();
    for (const [index, [args, code, message]] of cases.entries()) {
      expect([args, ends[index]?.code]).toEqual([args, code]);
      expect(ends[index]?.stderr).toContain(message);
    }
  });

  it("serves files and received data, saves all of it, and shuts down cleanly on SIGINT", async ({ folder, rerun }) => {
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
    const all = await readFile(saved as string);
    const size = (all.byteLength / 1000).toFixed(1);
    expect(stdout.toString()).toContain(`Wrote ${saved} (${size} kB)\n`);
    await rerun.verify(saved as string);
    expect(missingRows(1000, rowNumbers(all))).toEqual([]);
    expect(all.includes("/old")).toBe(true);
  });

  it("shows a file in the web viewer", async ({ folder }) => {
    const file = damagedFile(join(folder, "a file.rrd"));
    await writeFile(file, "RRF2 and data");
    await writeFile(join(folder, "index.html"), "the viewer");
    const args = ["view", "--port", "0", "--no-open", "--assets", folder, file, "rerun+http://localhost:9876/proxy"];
    const program = await RelayProgram.start(args, /^The web viewer is at /);
    const page = new URL(program.url);
    const [shown = "", server] = page.searchParams.getAll("url");
    expect(server).toBe("rerun+http://localhost:9876/proxy");
    expect(await (await fetch(page)).text()).toBe("the viewer");
    expect(await (await fetch(shown)).text()).toBe("RRF2 and data");
    expect((await fetch(new URL("/files/1/other", shown))).status).toBe(404);
    expect(await program.interrupt()).toMatchObject({ code: 0 });
  });
});

/** How a relay ends in the middle of receiving: without warning, or by Ctrl-C. */
const ENDS = {
  "is killed": (relay: RelayProgram) => relay.kill(),
  "is interrupted": async (relay: RelayProgram) => {
    expect(await relay.interrupt()).toMatchObject({ code: 0, stderr: "" });
  },
} as const;

/** Waits until a file has rows. */
async function hasRows(file: string): Promise<void> {
  while (rowNumbers(await readFile(file)).size === 0) await sleep(PAUSE_MS);
}

// The files of the relay are the proof: acknowledged messages are in its file, however the relay ends.
describe.for([
  ["WebSocketSink with a worker", "is killed", { thread: true }],
  ["WebSocketSink", "is interrupted", { thread: false }],
  ["GrpcSink", "is killed", {}],
  ["GrpcSink", "is interrupted", {}],
  ["GrpcWebSink", "is interrupted", {}],
] as const)("rerun-ts serve --save and %s", ([sink, end, options]) => {
  it(
    `lose none of ${ROWS} rows when the relay ${end} ${ENDINGS} times`,
    { timeout: isSoak ? 900_000 : 240_000 },
    async ({ folder }) => {
      const files = Array.from({ length: ENDINGS + 1 }, (_, index) => join(folder, `${index}.rrd`));
      const serve = (index: number, port = 0): Promise<RelayProgram> =>
        RelayProgram.startWarm(["serve", "--quiet", "--port", String(port), "--save", files[index] ?? ""]);
      let relay = await serve(0);
      const { port, socketUrl } = relay;
      const url = sink.startsWith("WebSocketSink") ? socketUrl : relay.url;
      const untilFile = join(folder, "over");
      const json = JSON.stringify({ sink, rows: ROWS, pauseMs: PAUSE_MS, untilFile, ...options });
      const program = startProgram("grpc", ["logs in bursts", url, json]);
      for (let ending = 1; ending <= ENDINGS; ending++) {
        for (let burst = 0; burst < BURSTS_PER_END; burst++) await program.report();
        if (ending === 1) await hasRows(files[0] ?? "");
        await ENDS[end](relay);
        relay = await serve(ending, port);
      }
      await writeFile(untilFile, "");
      const { code, stderr, reports } = await program.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(reports.at(-1)).toMatchObject({ complete: true, pendingBytes: 0, droppedRows: 0 });
      await relay.interrupt();
      // A relay that was killed before its first message has no file.
      const written = files.filter((file) => existsSync(file));
      const found = await Promise.all(written.map(async (file) => rowNumbers(await readFile(file))));
      expect(missingRows(ROWS, ...found)).toEqual([]);
    },
  );
});

it("rerun-ts serve refuses to save to a file that it loads, and leaves it as it is", async ({ folder }) => {
  const file = join(folder, "precious.rrd");
  const recording = new rr.RecordingStream("precious");
  await recording.save(file);
  recording.log("row", new rr.Scalars(1));
  await recording.close();
  const before = await readFile(file);
  await symlink(file, join(folder, "other name.rrd"));
  for (const input of ["precious.rrd", "other name.rrd"]) {
    const { code, stderr } = await runWarmCli(["serve", "--port", "0", "--save", file, join(folder, input)]);
    expect(code).toBe(2);
    expect(stderr).toContain("`--save` must not be one of the loaded files");
  }
  expect(await readFile(file)).toEqual(before);
});

it("rerun-ts serve completes its file when its terminal is closed", async ({ folder, rerun }) => {
  const [loaded, saved] = [join(folder, "loaded.rrd"), join(folder, "saved.rrd")];
  const rec = new rr.RecordingStream("loaded");
  await rec.save(loaded);
  rec.log("a", new rr.Scalars(1));
  await rec.close();
  const relay = await RelayProgram.start(["serve", "--port", "0", "--save", saved, loaded]);
  expect(await relay.interrupt("SIGHUP")).toMatchObject({ code: 0, stderr: "" });
  await rerun.verify(saved);
});

it("rerun-ts serve replaces the file of `--save` only with `--overwrite`", async ({ folder }) => {
  const file = join(folder, "existing.rrd");
  await writeFile(file, "precious");
  const { code, stderr } = await runWarmCli(["serve", "--port", "0", "--save", file]);
  expect(code).toBe(2);
  expect(stderr).toContain("`--save` must be a new file unless `--overwrite` is given, got " + file);
  expect(await readFile(file, "utf8")).toBe("precious");
  const relay = await RelayProgram.startWarm(["serve", "--port", "0", "--save", file, "--overwrite"]);
  // The first message replaces it.
  expect(await readFile(file, "utf8")).toBe("precious");
  const rec = new rr.RecordingStream("new");
  await rec.connectGrpc(relay.url);
  rec.log("row", new rr.Scalars(1));
  await rec.close();
  await relay.interrupt();
  expect(await readFile(file, "latin1")).toMatch(/^RRF2/);
});

it("rerun-ts serve --save writes one file for each recording, and keeps those that exist", async ({
  folder,
  rerun,
}) => {
  const pattern = join(folder, "runs/{application}/{recording}.rrd");
  for (const part of [1, 2]) {
    const relay = await RelayProgram.startWarm(["serve", "--port", "0", "--save", pattern]);
    for (const recordingId of ["one", "../two"]) {
      const recording = new rr.RecordingStream("robots", { recordingId });
      await recording.connectGrpc(relay.url, { defaultBlueprint: new rr.blueprint.TextLogView() });
      recording.log(`row${part}`, new rr.Scalars(part));
      await recording.close();
    }
    const { stdout, code } = await relay.interrupt();
    expect({ code, stdout: stdout.toString() }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/Wrote 4 files for /),
    });
  }
  const files = (await readdir(join(folder, "runs"), { recursive: true })).filter((file) => file.includes("."));
  const recordings = files.filter((file) => file.endsWith(".rrd")).sort();
  expect(recordings).toEqual(
    ["one-2.rrd", "one.rrd", "_._two-2.rrd", "_._two.rrd"].map((file) => `robots/${file}`).sort(),
  );
  expect(files.filter((file) => file.endsWith(".rbl"))).toHaveLength(4);
  for (const file of files) await rerun.verify(join(folder, "runs", file));
  const messages = decodeRrd(await readFile(join(folder, "runs/robots/one.rrd"))).filter(({ kind }) => kind !== "end");
  expect(messages.every((message) => "storeId" in message && message.storeId.recordingId === "one")).toBe(true);
});

it("rerun-ts serve names a placeholder of `--save` that does not exist", async ({ folder }) => {
  const { code, stderr } = await runWarmCli(["serve", "--port", "0", "--save", join(folder, "{name}.rrd")]);
  expect(code).toBe(2);
  expect(stderr).toContain("`--save` may contain {application} and {recording}, got {name} in ");
});

it("rerun-ts serve leaves the file of `--save` as it is if it cannot listen", async ({ folder }) => {
  const relay = await RelayProgram.startWarm(["serve", "--port", "0"]);
  const file = join(folder, "kept.rrd");
  await writeFile(file, "as it is");
  const { code, stderr } = await runWarmCli(["serve", "--port", String(relay.port), "--overwrite", "--save", file]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("in use") });
  expect(await readFile(file, "utf8")).toBe("as it is");
  await relay.interrupt();
});
