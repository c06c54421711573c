import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { openRrd, plainRows, type PlainRow } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { freePort } from "@rerun-ts/test-support/node/free-port";
import { needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { describe, expect, onTestFinished, vi } from "vitest";
import { it } from "./harness/test.ts";

const NODE_PACKAGE = pathToFileURL(join(import.meta.dirname, "../../packages/node/dist/index.js")).href;

/** A program in `PATH` that imports `.lines` files: a log for each line. */
const LINES = `
import { readFile } from "node:fs/promises";
import * as rr from ${JSON.stringify(NODE_PACKAGE)};
await rr.files.runImporter({
  name: "rerun-importer-lines",
  extensions: [".lines"],
  accepts: async ({ path }) => !(await readFile(path, "utf8")).startsWith("#!"),
  async import(rec, { path, entityPathPrefix = "", isStatic }) {
    console.log("this is not a part of the recording");
    const lines = (await readFile(path, "utf8")).trim().split("\\n");
    for (const line of lines) {
      if (line === "bad") throw new Error("a bad line");
      rec.log(entityPathPrefix + "/lines/" + line, new rr.TextLog(line), { static: isStatic });
    }
  },
});
`;

/** Puts programs into a folder, and it first into `PATH`. Each is the code of a module. */
async function install(folder: string, programs: Readonly<Record<string, string>>): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const [name, code] of Object.entries(programs)) {
    const module = join(folder, `${name}.mjs`);
    await writeFile(module, code);
    await writeFile(join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${module}" "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"] ?? ""}`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

async function rowsOf(source: string | Uint8Array, index: string | null): Promise<PlainRow[]> {
  const file = await openRrd(source);
  try {
    return [
      ...plainRows(
        await file
          .recording()
          .query({ index, contents: ["/**", "-/__properties/**"] })
          .toTable(),
      ),
    ];
  } finally {
    await file.close();
  }
}

function recording(): { rec: rr.RecordingStream; memory: rr.types.MemoryRecording; warnings: string[] } {
  const warnings: string[] = [];
  const rec = new rr.RecordingStream("app", { recordingId: "one", onWarning: ({ message }) => warnings.push(message) });
  return { rec, memory: rec.memoryRecording(), warnings };
}

describe("an importer in PATH", () => {
  it("is run by the real viewer, and by the real SDK with its recording, prefix and times", async ({
    folder,
    rerun,
    skip,
  }) => {
    await install(folder, { "rerun-importer-lines": LINES });
    const file = join(folder, "a.lines");
    await writeFile(file, "x\ny\n");
    const [byViewer, byPython] = [join(folder, "viewer.rrd"), join(folder, "python.rrd")];
    const run = promisify(execFile);
    const port = String(await freePort());
    await run(rerun.program, [file, "--save", byViewer, "--bind", "127.0.0.1", "--port", port], { timeout: 60_000 });
    expect(await rowsOf(byViewer, "log_time")).toMatchObject([
      { "/lines/x:TextLog:text": ["x"] },
      { "/lines/y:TextLog:text": ["y"] },
    ]);
    const script = `
import datetime, rerun as rr
rec = rr.RecordingStream("app", recording_id="one")
rec.save(${JSON.stringify(byPython)})
rec.set_time("frame", sequence=4)
rec.set_time("age", duration=1.5)
rec.set_time("taken", timestamp=datetime.datetime(2026, 1, 1))
rec.log_file_from_path(${JSON.stringify(file)}, entity_path_prefix="world")
rec.flush()
rec.disconnect()`;
    await run(needRerun({ skip }).python, ["-c", script], { timeout: 60_000 });
    expect(await rowsOf(byPython, "frame")).toMatchObject([
      { frame: 4n, age: 1_500_000_000n, taken: 1_767_225_600_000_000_000n, "/world/lines/x:TextLog:text": ["x"] },
    ]);
  });

  it("is run by logFileFromPath, with the recording, the prefix and the times", async ({ folder }) => {
    await install(folder, { "rerun-importer-lines": LINES });
    const file = join(folder, "b.lines");
    await writeFile(file, "x\n");
    const { rec, memory } = recording();
    rec.setTime("frame", 7);
    rec.setTime("taken", { timestamp: new Date("2026-01-01T00:00:00Z") });
    await rec.logFileFromPath(file, { entityPathPrefix: "world", time: { age: { duration: 2 } } });
    expect(await rowsOf(memory.drainAsBytes(), "frame")).toMatchObject([
      { frame: 7n, age: 2_000_000_000n, taken: 1_767_225_600_000_000_000n, "/world/lines/x:TextLog:text": ["x"] },
    ]);
    await rec.logFileFromPath(file, { static: true });
    expect(await rowsOf(memory.drainAsBytes(), null)).toEqual([{ "/lines/x:TextLog:text": ["x"] }]);
  });

  it("leaves other files to others, and the call names what can be logged if there is none", async ({ folder }) => {
    await install(folder, { "rerun-importer-lines": LINES, "rerun-loader-none": "process.exit(66);" });
    const { rec } = recording();
    await writeFile(join(folder, "a.other"), "x");
    await writeFile(join(folder, "a.lines"), "#!x");
    for (const name of ["a.other", "a.lines"])
      await expect(rec.logFileFromPath(join(folder, name))).rejects.toMatchObject({ code: "UNSUPPORTED" });
    await expect(rec.logFileFromPath(join(folder, "none.lines"))).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("that fails or prints garbage is an error with its last words, and what came before is kept", async ({
    folder,
  }) => {
    await install(folder, { "rerun-importer-lines": LINES });
    const file = join(folder, "a.lines");
    await writeFile(file, "x\nbad\ny\n");
    const { rec, memory } = recording();
    await expect(rec.logFileFromPath(file)).rejects.toMatchObject({
      code: "IO_ERROR",
      message: expect.stringMatching(
        /^the importer rerun-importer-lines ended with exit code 1: [^]*a bad line$/,
      ) as unknown,
    });
    expect(await rowsOf(memory.drainAsBytes(), "log_time")).toMatchObject([{ "/lines/x:TextLog:text": ["x"] }]);
  });

  it.for([
    [
      "prints text",
      'console.log("hello, this is no recording at all".repeat(100));',
      "INVALID_FORMAT",
      "wrote no recording",
    ],
    [
      "prints endless garbage",
      "for (;;) process.stdout.write(Buffer.alloc(65536, 7));",
      "INVALID_FORMAT",
      "wrote no recording",
    ],
    ["kills itself", 'process.kill(process.pid, "SIGKILL");', "IO_ERROR", "ended with SIGKILL"],
    ["ends without a word", "process.exit(3);", "IO_ERROR", "ended with exit code 3"],
  ] as const)("that %s is an error", async ([, code, errorCode, message], { folder }) => {
    await install(folder, { "rerun-importer-broken": code });
    await writeFile(join(folder, "a.foreign"), "x");
    const { rec } = recording();
    await expect(rec.logFileFromPath(join(folder, "a.foreign"))).rejects.toMatchObject({
      code: errorCode,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it("runs beside others: all of them log, and a failure is a warning if one has", async ({ folder }) => {
    await install(folder, {
      "rerun-importer-lines": LINES,
      "rerun-importer-more": LINES.replaceAll("/lines/", "/more/"),
      "rerun-importer-wrong": 'console.error("no idea"); process.exit(1);',
    });
    const { rec, memory, warnings } = recording();
    await writeFile(join(folder, "a.lines"), "x\n");
    await rec.logFileFromPath(join(folder, "a.lines"));
    const rows = await rowsOf(memory.drainAsBytes(), "log_time");
    expect(
      Object.assign(
        {},
        ...rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null))),
      ),
    ).toMatchObject({ "/lines/x:TextLog:text": ["x"], "/more/x:TextLog:text": ["x"] });
    expect(warnings).toEqual(["the importer rerun-importer-wrong ended with exit code 1: no idea"]);
    // A file that this SDK logs itself is logged all the same.
    await writeFile(join(folder, "a.txt"), "text");
    await rec.logFileFromPath(join(folder, "a.txt"), { entityPathPrefix: "p" });
    const [texts = {}] = await rowsOf(memory.drainAsBytes(), null);
    expect(Object.keys(texts)).toContainEqual(expect.stringMatching(/^\/p\/.*:TextDocument:text$/));
  });

  it("ends when the signal fires, also if a program that it has started keeps its output open", async ({ folder }) => {
    const started = join(folder, "started");
    await install(folder, {
      "rerun-importer-forking": `import { spawn } from "node:child_process";
        import { writeFileSync } from "node:fs";
        const { pid } = spawn("sleep", ["600"], { stdio: "inherit" });
        writeFileSync(${JSON.stringify(started)}, String(pid), { flush: true });`,
    });
    await writeFile(join(folder, "a.foreign"), "x");
    const { rec } = recording();
    const stop = new AbortController();
    const logged = rec.logFileFromPath(join(folder, "a.foreign"), { signal: stop.signal });
    const pid = await vi.waitUntil(() => existsSync(started) && Number(readFileSync(started, "utf8")), {
      timeout: 30_000,
    });
    onTestFinished(() => void process.kill(pid, "SIGKILL"));
    stop.abort();
    await expect(logged).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("that hangs ends when the signal fires", async ({ folder }) => {
    const started = join(folder, "started");
    await install(folder, {
      "rerun-importer-hung": `import { writeFileSync } from "node:fs";
        writeFileSync(${JSON.stringify(started)}, "");
        setInterval(() => {}, 1000);`,
    });
    await writeFile(join(folder, "a.foreign"), "x");
    const { rec } = recording();
    const stop = new AbortController();
    const logged = rec.logFileFromPath(join(folder, "a.foreign"), { signal: stop.signal });
    await vi.waitUntil(() => existsSync(started), { timeout: 30_000 });
    stop.abort();
    await expect(logged).rejects.toMatchObject({ code: "ABORTED" });
  });
});
