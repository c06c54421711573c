import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, onTestFinished } from "vitest";
import { compileExample } from "@rerun-ts/test-support/examples/run-example";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { root } from "@rerun-ts/test-support/node/environment";
import { onLoopback } from "@rerun-ts/test-support/node/real-server";
import { Program, type ProgramEnd } from "./harness/program.ts";
import { startSaving } from "./harness/relay-process.ts";
import { RelayProgram } from "./harness/relay-program.ts";
import type { Rerun } from "./harness/rerun.ts";
import { endLater, saveFrom, whyNoViewer } from "./harness/server.ts";
import { it } from "./harness/test.ts";

/** The rows that each program of the page logs. */
const ROWS = { "/height": 100 };
const POLL_MS = 100;
const TIMEOUT_MS = 30_000;

const page = await readFile(join(root, "docs/sinks.md"), "utf8");
/** The programs for Node, by the headings of their sections. */
const programs = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split("\n")[0] ?? "", /^```ts\n([\s\S]*?)^```/m.exec(section)?.[1] ?? ""] as const)
    .filter(([, code]) => code.includes('from "@rerun-ts/node"')),
);

/** The first program of the README. */
const [, quickStart = ""] = /^```ts\n([\s\S]*?)^```/m.exec(await readFile(join(root, "README.md"), "utf8")) ?? [];

/** The setting in which a program of the page is run. */
interface Place {
  readonly folder: string;
  readonly rerun: Rerun;
  /** The port that replaces the one on the page. */
  readonly port: number;
}

/** Runs a program of the page in a folder, by a line of Bash in which `$NODE` `$PROGRAM` starts it. */
async function run(
  heading: string,
  { folder, rerun, port }: Place,
  line = '"$NODE" "$PROGRAM"',
  { change = (code: string): string => code, path = "", env: more = {} } = {},
): Promise<ProgramEnd> {
  const programFolder = join(root, ".cache/operating-modes");
  await mkdir(programFolder, { recursive: true });
  // Inside the repository, so that it finds the packages. The programs of the page are valid JavaScript.
  const file = join(programFolder, `${heading.replace(/\W+/g, "-")}.mjs`);
  const code = change(programs.get(heading) ?? "").replaceAll("9876", String(port));
  await writeFile(file, code);
  const PATH = `${path}:${process.env["PATH"] ?? ""}`;
  const env = {
    PATH,
    FOLDER: folder,
    NODE: process.execPath,
    PROGRAM: file,
    VIEWER: rerun.program,
    PORT: String(port),
    ...more,
  };
  const program = new Program("bash", ["-c", `cd "$FOLDER" && ${line}`], { env });
  return program.ended;
}

/** Starts the real `rerun` with these arguments. */
function startRerun(rerun: Rerun, args: readonly string[]): { readonly end: () => void } {
  const server = new Program(rerun.program, args);
  onTestFinished(async () => void (await server.ended));
  return { end: endLater(server.process.pid as number) };
}

/** A `rerun` for `PATH` that needs no display, only listens on the loopback interface, and writes its process id. */
async function makeHeadlessRerun(folder: string, rerun: Rerun): Promise<string> {
  const path = join(folder, "bin");
  await mkdir(path);
  const script = `#!/bin/sh
    [ "$1" = --version ] && exec "${rerun.program}" --version
    echo $$ > "${path}/pid"
    exec "${rerun.program}" "$@" --headless --bind 127.0.0.1 > "${path}/output" 2>&1`;
  await writeFile(join(path, "rerun"), script, { mode: 0o755 });
  return path;
}

/** A line that writes its process id, and then becomes the program. */
const IN_BACKGROUND = `echo $$ > pid; exec "$NODE" "$PROGRAM"`;

/** Waits until the program serves, since Rerun's viewers do not wait for servers. Returns a function that ends it. */
async function endOf(folder: string, port: number): Promise<() => void> {
  const status = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
  await expect.poll(() => status().catch(() => 0), { timeout: TIMEOUT_MS }).toBe(200);
  return endLater(Number(await readFile(join(folder, "pid"), "utf8")));
}

async function untilRows(rerun: Rerun, file: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  let rows: Record<string, number> = {};
  while (rows["/height"] !== ROWS["/height"]) {
    if (performance.now() > deadline) throw new Error(`${file} has ${JSON.stringify(rows)}`);
    await setTimeout(POLL_MS);
    rows = await rerun.rows(file).catch(() => ({}));
  }
}

async function expectFile({ rerun, folder }: Place, name = "helix.rrd"): Promise<void> {
  await rerun.verify(join(folder, name));
  expect(await rerun.rows(join(folder, name))).toMatchObject(ROWS);
}

/** Runs a program that succeeds and writes a file. */
async function runToFile(heading: string, place: Place): Promise<void> {
  expect(await run(heading, place)).toMatchObject({ code: 0, stderr: "" });
  await expectFile(place);
}

const CASES: Readonly<Record<string, (heading: string, place: Place) => Promise<void>>> = {
  async "Start a viewer: `spawn`"(heading, place) {
    const { folder, rerun, port } = place;
    const path = await makeHeadlessRerun(folder, rerun);
    const change = (code: string): string => code.replace("spawn()", "spawn({ port: 9876 })");
    const { code, stderr } = await run(heading, place, undefined, { change, path });
    const end = endLater(Number(await readFile(join(path, "pid"), "utf8")));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await saveFrom(rerun, { port, end }, join(folder, "viewed.rrd"), ROWS);
  },
  async "Send to a viewer: `connectGrpc`"(heading, place) {
    const { folder, rerun, port } = place;
    const file = join(folder, "received.rrd");
    startRerun(rerun, ["--save", file, ...onLoopback(port)]);
    expect(await run(heading, place)).toMatchObject({ code: 0, stderr: "" });
    await untilRows(rerun, file);
  },
  async "Serve viewers: `serveGrpc`"(heading, place) {
    const { folder, rerun, port } = place;
    const running = run(heading, place, IN_BACKGROUND);
    await saveFrom(rerun, { port, end: await endOf(folder, port) }, join(folder, "served.rrd"), ROWS);
    // 128 plus the number of SIGTERM.
    expect(await running).toMatchObject({ code: 143, stderr: "" });
  },
  "Save to a file: `save`": runToFile,
  async "Save in parts: `saveParts`"(heading, place) {
    const { folder, rerun } = place;
    expect(await run(heading, place)).toMatchObject({ code: 0, stderr: "" });
    const names = await readdir(join(folder, "helix"));
    expect(names).toEqual([expect.stringMatching(/-000001[.]rrd$/)]);
    const part = join(folder, "helix", names[0] ?? "");
    await rerun.verify(part);
    expect(await rerun.rows(part)).toMatchObject(ROWS);
  },
  async "Standard output: `stdout`"(heading, place) {
    const reader = `"$VIEWER" - --save helix.rrd --bind 127.0.0.1 --port "$PORT" >&2`;
    const end = await run(heading, place, `"$NODE" "$PROGRAM" | ${reader}`);
    expect(end.code, end.stderr).toBe(0);
    await expectFile(place);
  },
  async "Several sinks: `setSinks`"(heading, place) {
    const { folder, rerun, port } = place;
    const file = join(folder, "received.rrd");
    startRerun(rerun, ["--save", file, ...onLoopback(port)]);
    await runToFile(heading, place);
    await untilRows(rerun, file);
  },
  async "A part of the data: `filtered`"(heading, place) {
    const { folder, rerun } = place;
    expect(await run(heading, place)).toMatchObject({ code: 0, stderr: "" });
    await expectFile(place, "all.rrd");
    await rerun.verify(join(folder, "status.rrd"));
    const rows = await rerun.rows(join(folder, "status.rrd"));
    expect(Object.keys(rows)).toContain("/status/battery");
    expect(Object.keys(rows)).not.toContain("/height");
  },
  async "Command-line flags: `scriptSetup`"(heading, place) {
    const { folder, rerun, port } = place;
    const line = `"$NODE" "$PROGRAM" --save flags.rrd && "$NODE" "$PROGRAM" --stdout > piped.rrd`;
    expect(await run(heading, place, line)).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["flags.rrd", "piped.rrd"]) await expectFile(place, name);
    const file = join(folder, "received.rrd");
    startRerun(rerun, ["--save", file, ...onLoopback(port)]);
    const url = `rerun+http://127.0.0.1:${port}/proxy`;
    expect(await run(heading, place, `"$NODE" "$PROGRAM" --url ${url}`)).toMatchObject({ code: 0, stderr: "" });
    await untilRows(rerun, file);
    const change = (code: string): string => code.replace('"helix")', '"helix", { serve: { port: 9876 } })');
    const servePort = await freePort();
    const serving = run(heading, { ...place, port: servePort }, `${IN_BACKGROUND} --serve`, { change });
    await saveFrom(rerun, { port: servePort, end: await endOf(folder, servePort) }, join(folder, "served.rrd"), ROWS);
    expect(await serving).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("[rerun] serving at rerun+http://"),
    });
  },
  async "Send to a relay: `connectWebSocket`"(heading, place) {
    const { folder, port } = place;
    const relay = await RelayProgram.startWarm(["serve", "--port", String(port), "--save", join(folder, "helix.rrd")]);
    expect(await run(heading, place)).toMatchObject({ code: 0, stderr: "" });
    expect(await relay.interrupt()).toMatchObject({ code: 0 });
    await expectFile(place);
  },
  async "Keep data while a server is unavailable: `spool`"(heading, place) {
    const { folder, port } = place;
    // It is run without a relay first: the second run sends the data of both.
    const first = await run(heading, place, "cd $FOLDER && $NODE $PROGRAM");
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("are kept in the spool") });
    const relay = await RelayProgram.startWarm(["serve", "--port", String(port), "--save", join(folder, "both.rrd")]);
    expect(await run(heading, place, "cd $FOLDER && $NODE $PROGRAM")).toMatchObject({ code: 0, stderr: "" });
    expect(await relay.interrupt()).toMatchObject({ code: 0 });
    expect(await place.rerun.rows(join(folder, "both.rrd"))).toMatchObject({ "/height": 200 });
  },
  async "The web viewer: `serveWebViewer`"(heading, place) {
    const { folder, rerun, port } = place;
    const path = dirname(rerun.program);
    // It is interrupted once the page was served and a reader is connected.
    const untilPrinted = `until grep -qs "open http" output; do sleep 0.1; done`;
    const untilRead = `until curl -s "http://127.0.0.1:$PORT/stats" | grep -q '"readers":1'; do sleep 0.1; done`;
    const getPage = `curl -s "$(grep -o "http://[^?,]*" output)" > page`;
    const line = `{ "$NODE" "$PROGRAM" > output & node=$!; (${untilPrinted}; ${getPage}; ${untilRead}; kill -INT $node); wait $node; }`;
    const ended = run(heading, place, line, { path, env: { XDG_CACHE_HOME: folder } });
    const received = join(folder, "received.rrd");
    const url = `rerun+http://127.0.0.1:${port}/proxy`;
    await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok, { timeout: 20_000 }).toBe(true);
    await startSaving(rerun, url, received).then(({ saved }) => saved);
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(join(folder, "page"), "utf8")).toContain("<title>Rerun Viewer</title>");
    await expectFile(place, "received.rrd");
  },
  "Memory: `memoryRecording`": runToFile,
  "A readable stream: `binaryStream`": runToFile,
  async "Callbacks: `CallbackSink`"(heading, place) {
    expect(await run(heading, place)).toMatchObject({ code: 0, stderr: "" });
    let rows = 0;
    for (const name of await readdir(place.folder))
      rows += (await place.rerun.rows(join(place.folder, name)))["/height"] ?? 0;
    expect(rows).toBe(ROWS["/height"]);
  },
  "Writable streams: `StreamSink`": runToFile,
  async "Custom sinks: `customSink`"(heading, place) {
    await runToFile(heading, place);
    const lines = (await readFile(join(place.folder, "journal.txt"), "utf8")).trim().split("\n");
    const rows = lines.filter((line) => line.startsWith("/height ")).map((line) => Number(line.split(" ")[1]));
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(ROWS["/height"]);
  },
};

describe("the programs of docs/sinks.md", () => {
  it("all have a case in this test", () => {
    expect([...programs.keys()]).toEqual(Object.keys(CASES));
  });

  it.for(Object.entries(CASES))("%s", async ([heading, perform], { folder, rerun, skip }) => {
    const missing = heading.startsWith("Start a viewer") ? whyNoViewer() : undefined;
    if (missing !== undefined) skip(missing);
    await perform(heading, { folder, rerun, port: await freePort() });
  });
});

describe("the first program of README.md", () => {
  it("writes the rows that it logs", async ({ folder, rerun }) => {
    const end = await run("README", { folder, rerun, port: await freePort() }, undefined, { change: () => quickStart });
    expect(end).toMatchObject({ code: 0, stderr: "" });
    await rerun.verify(join(folder, "helix.rrd"));
    expect(await rerun.rows(join(folder, "helix.rrd"))).toMatchObject({ "/helix": 200, "/sine": 200 });
  });
});

describe("the examples for Node", () => {
  it("log to a file, standard output or a running viewer as the flags select", async ({ folder, rerun }) => {
    const port = await freePort();
    const received = join(folder, "received.rrd");
    startRerun(rerun, ["--save", received, ...onLoopback(port)]);
    const line = `"$NODE" "$MAIN" --exit --save "$FOLDER/saved.rrd" && "$NODE" "$MAIN" --stdout > "$FOLDER/piped.rrd" &&
      "$NODE" "$MAIN" --url "rerun+http://127.0.0.1:$PORT/proxy"`;
    const env = { NODE: process.execPath, MAIN: await compileExample("text"), FOLDER: folder, PORT: String(port) };
    const { code, stdout, stderr } = await new Program("bash", ["-c", line], { env }).ended;
    expect(code, stderr).toBe(0);
    expect(stdout.toString()).toContain(`rerun ${folder}/saved.rrd`);
    const [saved, piped] = [join(folder, "saved.rrd"), join(folder, "piped.rrd")];
    await rerun.verify(piped);
    await rerun.compare(piped, saved);
    const rows = withoutIds(await rerun.rows(saved));
    const receivedRows = async (): Promise<unknown> => withoutIds(await rerun.rows(received));
    await expect.poll(() => receivedRows().catch(() => {}), { timeout: TIMEOUT_MS }).toEqual(rows);
  });
});

/** The number of rows of each entity, without the ids of views and containers, which differ in each run. */
function withoutIds(rows: Readonly<Record<string, number>>): readonly string[] {
  return Object.entries(rows)
    .map(([path, count]) => `${path.replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/, "ID")}: ${count}`)
    .toSorted();
}
