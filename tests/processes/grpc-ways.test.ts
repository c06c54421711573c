import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect } from "vitest";
import { AnsweredCalls } from "./harness/answered-calls.ts";
import { missingRows, rowNumbers } from "./harness/logged-rows.ts";
import { Program, linesOf, runProgram, startProgram, type ProgramEnd } from "./harness/program.ts";
import { RealServer } from "./harness/real-server.ts";
import { TcpProxy } from "./harness/tcp-proxy.ts";
import { it } from "./harness/test.ts";
import { ROWS } from "./programs/lib/rows.mjs";

const PROGRAMS = join(import.meta.dirname, "programs");
/** How many threads or processes grpc-several.mjs has. */
const SEVERAL = 3;

describe.for([true, false])("with worker: %s", (worker) => {
  it("a server, a file and memory get the same at the same time", async ({ folder, rerun }) => {
    const server = await RealServer.start(rerun.program);
    const [file, memoryFile, last] = ["file.rrd", "memory.rrd", "last.rrd"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const options = { worker, file, memoryFile };
    const { code, stderr } = await runProgram("grpc", [
      "logs to a server, a file and memory",
      server.url,
      JSON.stringify(options),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await server.readBack(last);
    await rerun.compare(last, file);
    await rerun.compare(memoryFile, file);
  });

  it.for(["just ends", "just ends, and awaited nothing", "closes"])(
    "a program that %s has delivered everything",
    async (way, { folder, rerun }) => {
      const server = await RealServer.start(rerun.program);
      const { code, stderr } = await runProgram("grpc", [way, server.url, JSON.stringify({ worker })]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
    },
  );
});

it("an exception that nobody catches keeps nothing from being delivered", async ({ folder, rerun }) => {
  const server = await RealServer.start(rerun.program);
  const { code, stderr } = await runProgram("grpc", ["throws an exception that nobody catches", server.url]);
  expect(code).toBe(1);
  expect(stderr).toContain("not caught");
  expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
});

it("a loop that lets go of nothing streams while it runs", async ({ rerun }) => {
  const server = await RealServer.start(rerun.program);
  const proxy = await TcpProxy.start(server.port);
  const answered = new AnsweredCalls();
  proxy.fate = () => answered.follow();
  const program = startProgram("grpc", ["loops for seconds", proxy.url, JSON.stringify({ seconds: 2 })]);
  await expect.poll(() => answered.calls, { timeout: 10_000 }).toBeGreaterThan(0);
  const firstAnswer = Date.now();
  const { loopEnded } = (await program.report()) as { loopEnded: number };
  expect(firstAnswer).toBeLessThan(loopEnded);
  expect(await program.report()).toMatchObject({ complete: true, droppedRows: 0 });
  await program.ended;
});

it("process.exit straight after a loop delivers everything", async ({ folder, rerun }) => {
  const server = await RealServer.start(rerun.program);
  const rows = 100_000;
  const end = await runProgram("grpc", ["calls process.exit after a loop", server.url, JSON.stringify({ rows })]);
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: "" });
  expect(missingRows(rows, await readLast(server, folder))).toEqual([]);
});

it.for(["threads", "processes"])("several %s log to one recording", async (way, { folder, rerun }) => {
  const server = await RealServer.start(rerun.program);
  const end = await runProgram("grpc-several", [way, server.url]);
  expect({ code: end.code, stderr: end.stderr }).toEqual({ code: 0, stderr: "" });
  expect(missingRows(ROWS * SEVERAL, await readLast(server, folder))).toEqual([]);
});

it("a program of CommonJS delivers everything", async ({ folder, rerun }) => {
  const server = await RealServer.start(rerun.program);
  const end = await runFile(join(PROGRAMS, "grpc-common.cjs"), server.url);
  expect(end.code, end.stderr).toBe(0);
  expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
});

it.for(["esm", "cjs"] as const)(
  "a program that esbuild has bundled (%s) sends in its own thread, and says so",
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
    const server = await RealServer.start(rerun.program);
    const end = await runFile(bundle, server.url);
    expect(end.code, end.stderr).toBe(0);
    expect(linesOf(end.stderr)).toEqual([expect.stringContaining("there is no worker to send to")]);
    expect(missingRows(ROWS, await readLast(server, folder))).toEqual([]);
  },
);

function runFile(file: string, url: string): Promise<ProgramEnd> {
  return new Program(process.execPath, [file, url]).ended;
}

/** The rows that the server has. */
async function readLast(server: RealServer, folder: string): Promise<Set<number>> {
  const file = join(folder, "last.rrd");
  await server.readBack(file);
  return rowNumbers(await readFile(file));
}
