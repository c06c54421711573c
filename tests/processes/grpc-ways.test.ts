import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect } from "vitest";
import { AnsweredCalls } from "./harness/answered-calls.ts";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { Program, linesOf, runProgram, startProgram, type ProgramEnd } from "./harness/program.ts";
import { RelayReaderClient } from "@rerun-ts/test-support/node/relay-client";
import type { RealServer } from "@rerun-ts/test-support/node/real-server";
import { TcpProxy } from "@rerun-ts/test-support/node/tcp-proxy";
import { startRealServer } from "./harness/start-real-server.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const PROGRAMS = join(import.meta.dirname, "programs");
/** The number of threads or processes of grpc-several.mjs. */
const SEVERAL = 3;
/** Arguments for Node without the permission for workers, under the name of its version. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";
const WITHOUT_WORKERS = [PERMISSION, "--no-warnings", "--allow-fs-read=*", "--allow-fs-write=*"];

describe.for([true, false])("connectGrpc (thread: %s)", (thread) => {
  it("sends a server the same data as a file and memory at the same time", async ({ folder, rerun }) => {
    const server = await startRealServer(rerun.program);
    const [file, memoryFile, last] = ["file.rrd", "memory.rrd", "last.rrd"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const options = { thread, file, memoryFile };
    const { code, stderr } = await runProgram("grpc", [
      "logs to a server, a file and memory",
      server.url,
      JSON.stringify(options),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await server.save(last);
    await rerun.compare(last, file);
    await rerun.compare(memoryFile, file);
  });

  it.for(["ends without closing", "ends without awaiting anything", "closes the recording"])(
    "delivers everything of a program that %s",
    async (way, { folder, rerun }) => {
      const server = await startRealServer(rerun.program);
      const { code, stderr } = await runProgram("grpc", [way, server.url, JSON.stringify({ thread })]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
    },
  );
});

it("connectGrpc delivers everything of a program with an uncaught exception", async ({ folder, rerun }) => {
  const server = await startRealServer(rerun.program);
  const { code, stderr } = await runProgram("grpc", ["throws an uncaught exception", server.url]);
  expect(code).toBe(1);
  expect(stderr).toContain("not caught");
  expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
});

it("connectGrpc streams during a loop that never yields", async ({ folder, rerun }) => {
  const server = await startRealServer(rerun.program);
  const proxy = await TcpProxy.start(server.port);
  const answered = new AnsweredCalls();
  proxy.fate = () => answered.follow();
  const untilFile = join(folder, "answered");
  const program = startProgram("grpc", ["loops for seconds", proxy.url, JSON.stringify({ seconds: 30, untilFile })]);
  await expect.poll(() => answered.calls, { timeout: 60_000 }).toBeGreaterThan(0);
  const firstAnswer = Date.now();
  await writeFile(untilFile, "");
  const { loopEnded } = (await program.report()) as { loopEnded: number };
  // The program may end its loop within the same millisecond.
  expect(firstAnswer).toBeLessThanOrEqual(loopEnded);
  expect(await program.report()).toMatchObject({ complete: true, droppedRows: 0 });
  await program.ended;
});

it("connectGrpc delivers everything if process.exit is called right after a loop", async ({ folder, rerun }) => {
  const server = await startRealServer(rerun.program);
  const rows = 100_000;
  const end = await runProgram("grpc", ["calls process.exit after a loop", server.url, JSON.stringify({ rows })]);
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: "" });
  expect(missingRows(rows, await readLast(server, folder))).toEqual([]);
});

it("connectGrpc says what a full queue has dropped, also if process.exit is called right after a loop", async ({
  rerun,
}) => {
  const server = await startRealServer(rerun.program);
  // Less than a chunk.
  const options = JSON.stringify({ rows: 100_000, maxQueueBytes: 100_000 });
  const { code, stderr } = await runProgram("grpc", ["calls process.exit after a loop", server.url, options]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/the queue of the grpc sink is full: data is dropped/);
});

it.for(["threads", "processes"])("connectGrpc lets several %s log to one recording", async (way, { folder, rerun }) => {
  const server = await startRealServer(rerun.program);
  const end = await runProgram("grpc-several", [way, server.url]);
  expect(end.stderr).toBe("");
  expect(end.code).toBe(0);
  expect(missingRows(ROWS * SEVERAL, await readLast(server, folder))).toEqual([]);
});

it("connectGrpc delivers everything of a CommonJS program", async ({ folder, rerun }) => {
  const server = await startRealServer(rerun.program);
  const end = await runFile(join(PROGRAMS, "grpc-common.cjs"), server.url);
  expect(end.code, end.stderr).toBe(0);
  expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
});

it.for(["esm", "cjs"] as const)(
  "connectGrpc sends from the calling thread in a bundle of esbuild (%s), with a warning",
  async (format, { folder, rerun }) => {
    const bundle = join(folder, format === "esm" ? "bundle.mjs" : "bundle.cjs");
    await build({
      entryPoints: [join(PROGRAMS, "grpc-common.cjs")],
      bundle: true,
      platform: "node",
      format,
      outfile: bundle,
      logLevel: "error",
      ...(format === "esm" && {
        banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      }),
    });
    const server = await startRealServer(rerun.program);
    const end = await runFile(bundle, server.url);
    expect(end.code, end.stderr).toBe(0);
    expect(linesOf(end.stderr)).toEqual([expect.stringContaining("no worker to send to")]);
    expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
  },
);

it("connectGrpc sends from the calling thread if the process may not start workers, with a warning", async ({
  folder,
  rerun,
}) => {
  const server = await startRealServer(rerun.program);
  const args = ["closes the recording", server.url];
  const { code, stderr, reports } = await runProgram("grpc", args, { nodeArgs: WITHOUT_WORKERS });
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(
    /no worker to send to .* \(Access to this API has been restricted.*\); the calling thread sends/,
  );
  expect(reports).toEqual([expect.objectContaining({ complete: true, droppedRows: 0 })]);
  expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
});

it("serveGrpc serves from the calling thread if the process may not start workers, with a warning", async () => {
  const program = startProgram("serve", ["closes the recording"], { nodeArgs: WITHOUT_WORKERS });
  const { url } = (await program.report()) as { url: string };
  const reader = new RelayReaderClient(url);
  const { code, stderr, reports } = await program.ended;
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/no worker to serve .* \(Access to this API has been restricted.*\); the calling thread/);
  expect(reports.at(-1)).toEqual({ complete: true, droppedRows: 0 });
  await reader.ended;
  expect(missingRows(ROWS, rowNumbers(reader.toRrd()))).toEqual([]);
});

function runFile(file: string, url: string): Promise<ProgramEnd> {
  return new Program(process.execPath, [file, url]).ended;
}

/** The rows that the server has received. */
async function readLast(server: RealServer, folder: string): Promise<Set<number>> {
  const file = join(folder, "last.rrd");
  await server.save(file);
  return rowNumbers(await readFile(file));
}
