import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  RecordingStream,
  RerunError,
  Scalars,
  getGlobalRecording,
  rerunArgOptions,
  scriptSetup,
  scriptTeardown,
  setGlobalRecording,
} from "@rerun-ts/node";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readChunks } from "@rerun-ts/test-support/common/read-chunks";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";

const folder = makeTemporaryFolder();
const blueprint = { encodeBlueprint: () => [] };
const MODES = ["stdout", "serveGrpc", "connectGrpc", "save", "spawn"] as const;

beforeEach(() => vi.stubEnv("RERUN", undefined));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  setGlobalRecording(undefined);
});
afterAll(() => folder.remove());

/** Parses a command line as a program does. */
function parse(line: string): ReturnType<typeof parseFlags> {
  return parseFlags(line.split(" ").filter((arg) => arg !== ""));
}

function parseFlags(args: string[]): { frames?: string } & Parameters<typeof scriptSetup>[0] {
  return parseArgs({ args, options: { ...rerunArgOptions, frames: { type: "string" } } }).values;
}

/** The methods of the recording that the flags call. */
async function callsOf(line: string, options?: Parameters<typeof scriptSetup>[2]): Promise<unknown[]> {
  const calls: unknown[] = [];
  for (const mode of MODES)
    vi.spyOn(RecordingStream.prototype, mode).mockImplementation((...args: unknown[]) => {
      calls.push([mode, ...args]);
      return Promise.resolve({ port: 1 }) as never;
    });
  vi.spyOn(console, "warn").mockImplementation(() => {});
  await scriptSetup(parse(line), "script", options);
  setGlobalRecording(undefined);
  return calls;
}

describe("scriptSetup", () => {
  it.each([
    ["", [["spawn", {}]]],
    ["--spawn", [["spawn", {}]]],
    ["--headless", []],
    ["--spawn --headless", [["spawn", { headless: true }]]],
    [
      "--bind 127.0.0.1 --server-memory-limit 5% --newest-first",
      [["spawn", { serverMemoryLimit: "5%", extraArgs: ["--bind=127.0.0.1", "--newest-first"] }]],
    ],
    ["--save a.rrd --headless --spawn", [["save", "a.rrd", {}]]],
    ["--connect --save a.rrd", [["connectGrpc", undefined, {}]]],
    ["--url localhost/proxy --frames 5", [["connectGrpc", "localhost/proxy", {}]]],
    ["--connect --url localhost/proxy", [["connectGrpc", "localhost/proxy", {}]]],
    ["-o --serve --connect --save a.rrd", [["stdout", {}]]],
    ["--serve --connect --save a.rrd", [["serveGrpc", {}]]],
    [
      "--serve --bind 0.0.0.0 --server-memory-limit 5% --newest-first",
      [["serveGrpc", { bindIp: "0.0.0.0", serverMemoryLimit: "5%", newestFirst: true }]],
    ],
  ])("calls the method that the flags select: %s", async (line, expected) => {
    expect(await callsOf(line)).toEqual(expected);
  });

  it("passes on the default blueprint and the options of `spawn`", async () => {
    expect(await callsOf("--connect", { defaultBlueprint: blueprint })).toEqual([
      ["connectGrpc", undefined, { defaultBlueprint: blueprint }],
    ]);
    const options = { defaultBlueprint: blueprint, spawn: { port: 5 } };
    expect(await callsOf("", options)).toMatchObject([["spawn", { port: 5, defaultBlueprint: blueprint }]]);
  });

  it("gives flags precedence over the options of `spawn` and `serve`", async () => {
    const flags = "--bind ::1 --server-memory-limit 5% --newest-first";
    const spawn = {
      port: 5,
      headless: false,
      serverMemoryLimit: "1GB",
      extraArgs: ["--bind", "0.0.0.0", "--bind=::", "--expect-data-soon", "--newest-first"],
    };
    const [[, viewer]] = (await callsOf(`--spawn --headless ${flags}`, { spawn })) as [[string, object]];
    expect(viewer).toEqual({
      port: 5,
      headless: true,
      serverMemoryLimit: "5%",
      extraArgs: ["--expect-data-soon", "--bind=::1", "--newest-first"],
    });
    const serve = { port: 5, bindIp: "0.0.0.0", serverMemoryLimit: "1GB", newestFirst: false };
    const [[, server]] = (await callsOf(`--serve ${flags}`, { serve })) as [[string, object]];
    expect(server).toEqual({ port: 5, bindIp: "::1", serverMemoryLimit: "5%", newestFirst: true });
  });

  it("creates the global recording, which is strict by default", async () => {
    const recording = await scriptSetup(parse("--headless"), "script", { recordingId: "one" });
    expect(getGlobalRecording()).toBe(recording);
    expect(recording).toMatchObject({ applicationId: "script", recordingId: "one", state: "buffering" });
    expect(() => recording.log("row", new Scalars("x" as never))).toThrow(RerunError);
    setGlobalRecording(undefined);
    const warnings: RerunError[] = [];
    const lenient = await scriptSetup(parse("--headless"), "script", {
      strict: false,
      onWarning: (warning) => warnings.push(warning),
    });
    lenient.log("row", new Scalars("x" as never));
    expect(warnings).toHaveLength(1);
  });

  it("serves with `--serve`, and prints the URL", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const options = { serve: { port: 0 } };
    const recording = await scriptSetup(parse("--serve --bind ::1 --newest-first"), "script", options);
    const url = /rerun\+http:\/\/\[::1\]:(\d+)\/proxy/.exec(String(warn.mock.calls[0]))?.[0];
    expect(url).toBeDefined();
    expect(recording.state).toBe("open");
    const ended = scriptTeardown(parse("--serve"));
    process.emit("SIGINT");
    await ended;
    expect(recording.state).toBe("buffering");
  });

  it.each(["", "--serve", "--save off.rrd"])("starts and creates nothing with RERUN=off: %s", async (line) => {
    vi.stubEnv("RERUN", "off");
    const recording = await scriptSetup(parse(line), "script", { onWarning: () => {} });
    expect(recording).toMatchObject({ enabled: false, state: "buffering" });
    await scriptTeardown(parse(line));
  });

  it.each([
    [{ save: true }, "`--save` must be a non-empty string, got true"],
    [{ url: "" }, '`--url` must be a non-empty string, got ""'],
    [{ stdout: "yes" }, '`--stdout` must be true or false, got "yes"'],
    [undefined, "`values` must be what `parseArgs` returns as `values`, got undefined"],
  ])("rejects wrong values: %o", async (values, message) => {
    await expect(scriptSetup(values as never, "script")).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message });
    expect(getGlobalRecording()).toBeUndefined();
  });
});

describe("scriptTeardown", () => {
  it("completes the global recording or the given one, and ignores a closed one", async () => {
    for (const name of ["global", "given"]) {
      const path = join(folder.path, `${name}.rrd`);
      const values = parse(`--save ${path}`);
      const recording = await scriptSetup(values, "script");
      recording.log("row", new Scalars(1));
      if (name === "given") setGlobalRecording(undefined);
      await scriptTeardown(values, name === "given" ? recording : undefined);
      expect(readChunks(readFileSync(path)).map(({ entityPath }) => entityPath)).toEqual(["/row"]);
      await recording.close();
      await scriptTeardown(values, recording);
    }
  });

  it("rejects without a recording", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await expect(scriptTeardown({})).rejects.toMatchObject({ code: "NO_RECORDING" });
  });
});
