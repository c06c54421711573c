import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importTable } from "@rerun-ts/import";
import { openRrd, plainRows, sendChunks, type PlainRow } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { tableFromIPC } from "apache-arrow";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { describe, expect } from "vitest";
import { damagedFile, it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

async function record(folder: string): Promise<string> {
  const path = join(folder, "run.rrd");
  const rec = new rr.RecordingStream("run", { recordingId: "one" });
  await rec.save(path);
  for (let frame = 0; frame < 10; frame++) {
    rec.setTime("frame", frame);
    rec.log("a", new rr.Scalars(frame / 2));
    rec.log("b/note", new rr.TextLog(`"${frame}"`));
  }
  await rec.close();
  return path;
}

/** Runs `rerun-ts rrd …`, which must succeed, and returns its output. */
async function rrd(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runWarmCli(["rrd", ...args]);
  if (code !== 0) throw new Error(`rerun-ts rrd ${args.join(" ")}: ${stderr}`);
  return stdout.toString();
}

describe("rerun-ts rrd", () => {
  it("shows tables as JSON, CSV, Arrow and Parquet", async ({ folder }) => {
    const path = await record(folder);
    const query = ["query", "--index", "frame", "--at", "3", "--at", "20", "--fill", path];
    const rows = (await rrd(...query)).trim().split("\n");
    expect(rows.map((row) => JSON.parse(row) as unknown)).toMatchObject([
      { frame: 3, "/a:Scalars:scalars": [1.5], "/b/note:TextLog:text": ['"3"'] },
      { frame: 20, "/a:Scalars:scalars": [4.5], "/b/note:TextLog:text": ['"9"'] },
    ]);
    expect(await rrd(...query, "--format", "csv")).toMatch(
      /^frame,log_time,\/a:Scalars:scalars,\/b\/note:TextLog:text\n3,\d+,1\.5,"""3"""\n20,\d+,4\.5,"""9"""\n$/,
    );
    const arrow = join(folder, "table.arrow");
    await rrd("query", "--index", "frame", "--batch-rows", "3", "--format", "arrow", "-o", arrow, path);
    expect(tableFromIPC(await readFile(arrow)).numRows).toBe(10);
    const parquet = join(folder, "table.parquet");
    await rrd("query", "--index", "frame", "--format", "parquet", "-o", parquet, path);
    const groups = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
    expect(groups).toHaveLength(10);
    expect(groups[3]).toMatchObject({ frame: 3n, "/a:Scalars:scalars": [1.5] });
  });

  it("shows tables in CSV and Parquet that importTable turns back into the same rows", async ({ folder }) => {
    const path = join(folder, "run.rrd");
    const rec = new rr.RecordingStream("run", { recordingId: "one", sendProperties: false });
    await rec.save(path);
    const texts = ['["a","b"]', "", " ", "007", "true", "1.50", "[", "2026-01-31", "null", 'a,"b"\nc'];
    for (const [frame, text] of texts.entries()) {
      rec.setTime("frame", frame);
      rec.log("text", new rr.TextLog(text, { level: "INFO", color: 0xff0080ff }));
      rec.log("one", new rr.Points3D([[frame, Number.NaN, -Infinity]], { labels: [text], classIds: [frame] }));
      rec.log("many", new rr.Points3D([[1, 2, 3], new Float32Array([4, 5, 6])], { labels: texts, radii: [0.1, -2] }));
      rec.log(
        "strip",
        new rr.LineStrips2D([
          [
            [1, 2],
            [3, 4],
          ],
          [[frame, 0]],
        ]),
      );
      rec.log("number", new rr.Scalars([[], [Number.NaN], [1, Infinity], [1 / 3]][frame % 4] ?? []));
      rec.log("image", new rr.Image({ data: Uint8Array.of(1, 2, frame), width: 1, height: 1, colorModel: "RGB" }));
      rec.log("blob", new rr.EncodedImage({ contents: Uint8Array.of(0x5b, frame), mediaType: "image/png" }));
      rec.log("camera", new rr.Pinhole({ focalLength: 3, width: 4, height: 5 }));
      rec.log("graph", [
        new rr.GraphNodes(["a", "b"]),
        new rr.GraphEdges([
          ["a", "b"],
          ["b", "a"],
        ]),
      ]);
      rec.log("video", new rr.VideoFrameReference(BigInt(frame) * 10n ** 17n));
      if (frame % 2 === 0) rec.log("one", rr.Points3D.fromFields({ labels: null }));
    }
    await rec.close();
    const rowsOf = async (bytes: Uint8Array): Promise<PlainRow[]> =>
      Array.from(plainRows(await (await openRrd(bytes)).recording().query({ index: "frame" }).toTable()), (row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => name !== "log_time")),
      );
    const expected = await rowsOf(await readFile(path));
    expect(expected).toHaveLength(texts.length);
    for (const format of ["csv", "parquet"]) {
      const table = join(folder, `table.${format}`);
      await rrd("query", "--index", "frame", "--format", format, "-o", table, path);
      const recording = new rr.RecordingStream("run", { recordingId: "two", sendProperties: false });
      const memory = recording.memoryRecording();
      const index = ["frame", { column: "log_time", type: "timestamp", unit: "nanos" }] as const;
      expect(await importTable(recording, table, { index })).toMatchObject({ rows: texts.length, skippedRows: 0 });
      expect(await rowsOf(memory.drainAsBytes())).toEqual(expected);
    }
  });

  it("shows a layout as TypeScript", async ({ folder }) => {
    const path = join(folder, "layout.rbl");
    const { blueprint: rrb } = rr;
    await rr.saveBlueprint(new rrb.Blueprint(new rrb.Spatial3DView({ name: "scene" })), "run", path);
    const code = 'export const layout = new rrb.Blueprint(new rrb.Spatial3DView({ name: "scene" }));\n';
    const options = ["--package", "@rerun-ts/web", "--name", "layout"];
    expect(await rrd("blueprint", path, ...options)).toBe(`import * as rrb from "@rerun-ts/web/blueprint";\n\n${code}`);
    const file = join(folder, "layout.ts");
    await rrd("blueprint", path, ...options, "-o", file);
    expect(await readFile(file, "utf8")).toMatch(code);
    const wrong = await runWarmCli(["rrd", "blueprint", path, "--package", "react"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('got "react"')]);
    const cut = damagedFile(join(folder, "cut.rbl"));
    await writeFile(cut, (await readFile(path)).subarray(0, -200));
    const damaged = await runWarmCli(["rrd", "blueprint", cut]);
    expect([damaged.code, damaged.stderr]).toEqual([
      1,
      expect.stringMatching(/cut\.rbl: \d+ bytes at \d+ cannot be read/),
    ]);
    expect(damaged.stdout.toString()).toMatch(
      /^\/\/ Not in this code: \d+ bytes of the source at \d+, which cannot be read\n/,
    );
    const none = await runWarmCli(["rrd", "blueprint", await record(folder)]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining("has no blueprint")]);
  });

  it("writes recordings that Rerun verifies", async ({ folder, rerun }) => {
    const path = await record(folder);
    const out = (name: string): string => join(folder, name);
    await rrd("merge", path, "-o", out("merged.rrd"));
    await rrd("filter", "--drop-entity", "/b/**", path, "-o", out("filtered.rrd"));
    await rrd("route", "--recording-id", "two", path, "-o", out("routed.rrd"));
    await rrd("split", "--timeline", "frame", "-t", "4", path, "-o", out("parts"));
    expect((await readdir(out("parts"))).sort()).toEqual(["run_0__4.rrd", "run_4__10.rrd"]);
    await writeFile(out("cut.rrd"), (await readFile(path)).subarray(0, -200));
    await rrd("repair", out("cut.rrd"), "-o", out("repaired.rrd"));
    for (const name of ["merged", "filtered", "routed", "parts/run_4__10", "repaired"])
      await rerun.verify(out(`${name}.rrd`));
    expect(await rrd("print", out("filtered.rrd"))).not.toContain("/b/note");
    expect(JSON.parse(await rrd("stats", "--json", out("routed.rrd")))).toMatchObject({ numEntityPaths: 3 });
  });

  it.for(["0.24.0", "0.26.0", "0.40.0"])(
    "copies chunks of Rerun %s into files that Rerun verifies",
    async (version, { folder, rerun }) => {
      const old = join(import.meta.dirname, `../conformance/fixtures/rerun-${version}.rrd`);
      const out = (name: string): string => join(folder, name);
      await rrd("merge", old, "-o", out("merged.rrd"));
      await rrd("optimize", old, "-o", out("optimized.rrd"));
      const rec = new rr.RecordingStream("copy");
      await rec.save(out("sent.rrd"));
      const file = await openRrd(old);
      await sendChunks(rec, file.recording().chunks());
      await file.close();
      await rec.close();
      for (const name of ["merged", "optimized", "sent"]) {
        await rerun.verify(out(`${name}.rrd`));
        await rrd("verify", out(`${name}.rrd`));
        await rrd("compare", out(`${name}.rrd`), old);
      }
    },
  );

  it("names the application of chunks of Rerun 0.24, which do not have it, when such a file is logged", async ({
    folder,
    rerun,
  }) => {
    const path = join(folder, "logged.rrd");
    const rec = new rr.RecordingStream("logged");
    await rec.save(path);
    await rec.logFileFromPath(join(import.meta.dirname, "../conformance/fixtures/rerun-0.24.0.rrd"));
    await rec.close();
    await rerun.verify(path);
    const file = await openRrd(path);
    const ids = file.recordings.map(({ applicationId, recordingId }) => [applicationId, recordingId]);
    expect(ids).toContainEqual(["old recording", "old"]);
    expect(file.recordings).toHaveLength(2);
    await file.close();
  });

  it("optimizes files, standard input and folders", async ({ folder, rerun }) => {
    const path = await record(folder);
    const out = (name: string): string => join(folder, name);
    await rrd("optimize", path, "-o", out("optimized.rrd"));
    await rerun.verify(out("optimized.rrd"));
    await rrd("compare", "--ids", path, out("optimized.rrd"));
    const countOf = async (file: string): Promise<number> =>
      (JSON.parse(await rrd("stats", "--json", file)) as { numChunks: number }).numChunks;
    expect(await countOf(out("optimized.rrd"))).toBe(3);
    await rrd("optimize", "--max-rows", "4", "--profile", "live", path, "-o", out("small.rrd"));
    expect(await countOf(out("small.rrd"))).toBe(7);
    const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
    const piped = spawnSync(process.execPath, [main, "rrd", "optimize"], {
      input: await readFile(path),
      env: { ...process.env, RERUN_CHUNK_MAX_ROWS: "4", RERUN_CHUNK_MAX_BYTES: "1000000" },
    });
    expect(piped).toMatchObject({ status: 0 });
    await writeFile(out("piped.rrd"), piped.stdout);
    expect(await countOf(out("piped.rrd"))).toBe(7);

    await mkdir(out("in/deep"), { recursive: true });
    for (const name of ["in/one.rrd", "in/deep/two.rrd"]) await writeFile(out(name), await readFile(path));
    await writeFile(out("in/notes.txt"), "not a recording");
    await rrd("optimize", out("in"), "-o", out("in-optimized"));
    expect((await readdir(out("in-optimized"), { recursive: true })).sort()).toEqual([
      "deep",
      "deep/two.rrd",
      "one.rrd",
    ]);
    await rrd("compare", "--ids", path, out("in-optimized/deep/two.rrd"));
  });

  it("leaves no half of an optimized file behind if the input is damaged", async ({ folder }) => {
    const path = await record(folder);
    const out = (name: string): string => join(folder, name);
    const bytes = await readFile(path);
    await writeFile(out("cut"), bytes.subarray(0, -300));
    await writeFile(out("precious"), "old");
    const failed = await runWarmCli(["rrd", "optimize", out("cut"), "-o", out("precious")]);
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("is damaged at byte") as string });
    expect(await readFile(out("precious"), "utf8")).toBe("old");
    expect((await readdir(folder)).sort()).toEqual(["cut", "precious", "run.rrd"]);
    for (const [args, reason] of [
      [["--max-size", "big"], '`--max-size` must be a size such as 2MiB, 512KiB or 1GB, got "big"'],
      [["--profile", "fast"], '`--profile` must be live or object-store, got "fast"'],
      [["--max-rows", "0"], "`--max-rows` must be a positive integer, got 0"],
    ] as const)
      expect(await runWarmCli(["rrd", "optimize", ...args, path, "-o", out("none.rrd")])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(reason) as string,
      });
    const folders = await runWarmCli(["rrd", "optimize", folder]);
    expect(folders).toMatchObject({ code: 2, stderr: expect.stringContaining("requires `-o FOLDER`") as string });
  });

  it("names the input or output that is wrong in one line", async ({ folder }) => {
    const path = await record(folder);
    const at = (name: string): string => join(folder, name);
    await mkdir(at("empty"));
    await mkdir(at("mixed"));
    await writeFile(at("mixed/bad.rrd"), "hello, this is no recording");
    await writeFile(damagedFile(at("short.rrd")), "RRF2");
    // A file that can be opened, but not read.
    const unreadable = existsSync("/proc/self/mem") ? "/proc/self/mem" : at("none");
    for (const [args, reason] of [
      [["merge", path, at("short.rrd")], `${at("short.rrd")} is too short to be a Rerun recording`],
      [["migrate", at("short.rrd")], `${at("short.rrd")} is too short to be a Rerun recording`],
      [["print", unreadable], `cannot read ${unreadable}: `],
      [
        ["split", path, "--timeline", "frame", "-n", "2", "-o", path],
        `cannot make the folder ${path}: there is a file`,
      ],
      [["optimize", path, "-o", at("empty")], `cannot create ${at("empty")}: it is a folder`],
      [["optimize", at("empty"), "-o", at("out")], `there is no .rrd or .rbl file below ${at("empty")}`],
      [["optimize", at("mixed"), "-o", at("out")], `${at("mixed/bad.rrd")} is not a Rerun recording`],
    ] as const) {
      const { code, stderr } = await runWarmCli(["rrd", ...args]);
      expect(code).toBe(1);
      expect(stderr.trimEnd()).toMatch(/^rerun-ts: [^\n]*$/);
      expect(stderr).toContain(reason);
    }
  });

  it("writes to standard output for the file `-`", async ({ folder }) => {
    const path = await record(folder);
    const { code, stdout } = await runWarmCli(["rrd", "optimize", path, "-o", "-"]);
    expect(code).toBe(0);
    await writeFile(join(folder, "piped.rrd"), stdout);
    await rrd("compare", "--ids", path, join(folder, "piped.rrd"));
  });

  it("writes a file with the longest name that a file system allows", async ({ folder }) => {
    const path = await record(folder);
    for (const start of ["n".repeat(251), "é".repeat(125)]) {
      await rrd("optimize", path, "-o", join(folder, `${start}.rrd`));
      await rrd("compare", "--ids", path, join(folder, `${start}.rrd`));
    }
  });

  it("writes into a device, and to the file behind a symbolic link", async ({ folder }) => {
    const path = await record(folder);
    const [device, link, target] = ["device", "link", "target.rrd"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await symlink("/dev/null", device);
    await writeFile(target, "old");
    await symlink(target, link);
    for (const out of [device, link]) await rrd("optimize", path, "-o", out);
    expect([await readlink(device), await readlink(link)]).toEqual(["/dev/null", target]);
    await rrd("compare", "--ids", path, target);
  });

  it("compares recordings by their rows", async ({ folder, rerun }) => {
    const path = await record(folder);
    const out = (name: string): string => join(folder, name);
    // The same rows in other chunks, with another id.
    await rerun.optimize(out("optimized.rrd"), path);
    await rrd("route", "--recording-id", "two", out("optimized.rrd"), "-o", out("routed.rrd"));
    await rrd("compare", "--unordered", path, out("routed.rrd"));
    await rrd("filter", "--drop-entity", "/b/note", path, "-o", out("filtered.rrd"));
    await rrd("compare", "--ignore", "/b/**", path, out("filtered.rrd"));

    const compare = (...args: string[]): ReturnType<typeof runWarmCli> => runWarmCli(["rrd", "compare", ...args]);
    const ids = await compare("--ids", path, out("routed.rrd"));
    expect([ids.code, ids.stderr]).toEqual([1, 'rerun-ts: `recordingId` is "one", expected "two"\n']);
    const rows = await compare(out("filtered.rrd"), path);
    expect([rows.code, rows.stderr]).toEqual([
      1,
      expect.stringContaining("/b/note at frame=0: the row of TextLog:text is missing"),
    ]);
    const json = await compare("--json", out("filtered.rrd"), path);
    expect(JSON.parse(json.stdout.toString())).toMatchObject({ isEqual: false, numDifferences: 10 });
    expect(await compare(path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("exactly two files") as string,
    });
    const tolerance = await compare("--tolerance", "-1", path, path);
    expect([tolerance.code, tolerance.stderr]).toEqual([2, expect.stringContaining("--tolerance")]);
  });

  it("shows on a terminal how much it has read", async ({ folder, skip }) => {
    const path = await record(folder);
    const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
    const command = [process.execPath, main, "rrd", "merge", path, "-o", join(folder, "out.rrd")].join(" ");
    // Runs the command in a terminal of its own.
    const { status, stdout, error } = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8" });
    skip(error !== undefined, "there is no program `script`");
    expect([status, stdout.includes("\u001B[2K")]).toEqual([0, true]);
  });

  it("reads standard input, and writes standard output", async ({ folder }) => {
    const input = await readFile(await record(folder));
    const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
    const { stdout, status } = spawnSync(process.execPath, [main, "rrd", "merge"], { input });
    expect(status).toBe(0);
    await writeFile(join(folder, "out.rrd"), stdout);
    expect(await rrd("verify", "--json", join(folder, "out.rrd"))).toContain('"problems": []');
  });

  it("reads standard input beside files, for the path `-`", async ({ folder }) => {
    const path = await record(folder);
    const [other, both] = [join(folder, "other.rrd"), join(folder, "both.rrd")];
    await rrd("route", "--recording-id", "two", path, "-o", other);
    const input = await readFile(other);
    const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
    const piped = (...args: string[]): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, [main, "rrd", ...args], { input, encoding: "utf8" });
    expect(piped("merge", path, "-", "-o", both)).toMatchObject({ status: 0, stderr: "" });
    const file = await openRrd(both);
    expect(file.recordings.map(({ recordingId }) => recordingId).sort()).toEqual(["one", "two"]);
    await file.close();
    expect(piped("compare", path, "-")).toMatchObject({ status: 0 });
    expect(piped("query", "--index", "frame", "--at", "3", "-").stdout).toContain('"/a:Scalars:scalars":[1.5]');
    expect(piped("merge", "-", path, "-")).toMatchObject({ status: 2 });
  });

  it("prints many files to a slow reader completely, without a warning", async ({ folder, skip }) => {
    const path = await record(folder);
    const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
    const command = [process.execPath, main, "rrd", "print", "-vvv", ...Array<string>(20).fill(path)].join(" ");
    const file = join(folder, "printed.txt");
    const { stderr, error } = spawnSync("bash", ["-c", `${command} | { sleep 0.3; cat; } > ${file}`], {
      encoding: "utf8",
    });
    skip(error !== undefined, "there is no bash");
    expect(stderr).toBe("");
    const printed = await readFile(file, "utf8");
    // More than a pipe takes.
    expect(printed.length).toBeGreaterThan(65_536);
    expect(printed).toBe((await rrd("print", "-vvv", path)).repeat(20));
  });

  it("reads pipes of a shell in place of files", async ({ folder }) => {
    const path = await record(folder);
    const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
    const script = '"$0" "$1" rrd optimize <(cat "$2") <(cat "$2") -o "$3"';
    const out = join(folder, "piped.rrd");
    expect(spawnSync("bash", ["-c", script, process.execPath, main, path, out])).toMatchObject({ status: 0 });
    await rrd("compare", "--ids", path, out);
  });

  it.for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "leaves no incomplete file behind after %s",
    async (signal, { folder }) => {
      const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
      // Its standard input stays open.
      const command = spawn(process.execPath, [main, "rrd", "merge", "-o", join(folder, "out.rrd")]);
      const ended = once(command, "exit");
      await expect.poll(() => readdir(folder), { timeout: 20_000 }).toHaveLength(1);
      command.kill(signal);
      expect(await ended).toEqual([null, signal]);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it("keeps the old file itself as the backup of a migration, which no interruption leaves half done", async ({
    folder,
  }) => {
    const [path, backup] = [join(folder, "old.rrd"), join(folder, "old.backup.rrd")];
    await copyFile(join(import.meta.dirname, "../conformance/fixtures/rerun-0.24.0.rrd"), path);
    const { ino } = await stat(path);
    await rrd("migrate", path);
    expect((await stat(backup)).ino).toBe(ino);
    expect((await stat(path)).ino).not.toBe(ino);
  });

  it("shows what can be read of a damaged file, says what is missing, and exits with 1", async ({ folder }) => {
    const path = await record(folder);
    const cut = join(folder, "cut.rrd");
    await writeFile(cut, (await readFile(path)).subarray(0, -1));
    const commands = [["print"], ["stats"], ["query", "--index", "frame"]];
    const ends = await Promise.all(commands.map((args) => runWarmCli(["rrd", ...args, cut])));
    for (const [index, { code, stdout, stderr }] of ends.entries()) {
      expect([commands[index], code, stdout.toString()]).toEqual([commands[index], 1, expect.stringContaining("/a")]);
      expect(stderr).toMatch(/cut\.rrd: \d+ bytes at \d+ cannot be read: /);
    }
  });

  it("exits with 1 and the reason if standard output cannot take everything", async ({ folder, skip }) => {
    const path = await record(folder);
    const main = new URL("../../packages/cli/dist/main.js", import.meta.url).pathname;
    const commands = [["stats"], ["merge"], ["query", "--index", "frame"]];
    const shell = (script: string): { code: number | null; stderr: string } => {
      const { status, stderr, error } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
      skip(error !== undefined, "there is no bash");
      return { code: status, stderr };
    };
    skip(!existsSync("/dev/full"), "there is no /dev/full");
    for (const args of commands) {
      const command = [process.execPath, main, "rrd", ...args, path].join(" ");
      const full = shell(`${command} > /dev/full`);
      expect([args, full.code, full.stderr]).toEqual([args, 1, expect.stringMatching(/standard output: ENOSPC/)]);
      // A limit of the size of files, in the middle of a row; the signal for it is ignored.
      const limited = shell(`trap "" XFSZ; ulimit -f 0; ${command} > ${join(folder, "limited")}`);
      expect([args, limited.code, limited.stderr]).toEqual([args, 1, expect.stringMatching(/standard output: EFBIG/)]);
      const enough = shell(`set -o pipefail; ${command} | head -c 1 > /dev/null`);
      expect([args, enough]).toEqual([args, { code: 0, stderr: "" }]);
    }
  });

  it("exits with 1 for damaged files and with 2 for wrong usage", async ({ folder }) => {
    const path = await record(folder);
    const cut = join(folder, "cut.rrd");
    await writeFile(cut, (await readFile(path)).subarray(0, -200));
    const notes = join(folder, "notes.txt");
    await writeFile(notes, "no recording");
    const empty = join(folder, "empty");
    await mkdir(empty);
    const still = join(folder, "still.rrd");
    const rec = new rr.RecordingStream("run");
    await rec.save(still);
    rec.log("a", new rr.Scalars(1), { static: true });
    await rec.close();
    const cases: [string[], number, string][] = [
      [["verify", cut], 1, "there is no footer"],
      [["merge", cut, "-o", join(folder, "x.rrd")], 1, `${cut} is damaged at byte`],
      [["query", "--index", "frame", join(folder, "nothing.rrd")], 1, "cannot read"],
      [["query", path], 2, "either `--index TIMELINE` or `--static`; the timelines are: "],
      [["verify", path], 0, "1 file verified without error."],
      [["query", "--index", "frame", still], 2, '`--index` cannot be "frame": the recording has no timeline'],
      [
        ["split", "--timeline", "frame", "-n", "2", "-o", join(folder, "parts"), still],
        2,
        '`--timeline` cannot be "frame": the recording has no timeline',
      ],
      [
        ["query", "--index", "nope", path],
        2,
        '`--index` cannot be "nope": the timelines of the recording are "frame", "log_time"',
      ],
      [["query", "--static", "--at", "3", path], 2, "`--at`, `--from` and `--to` require `--index TIMELINE`"],
      [["query", "--index", "frame", "--batch-rows", "0", path], 2, "`--batch-rows` must be a positive integer, got 0"],
      [
        ["split", "--timeline", "frame", "-o", folder, path],
        2,
        "`rrd split` requires exactly one of `--time` and `--num-parts`",
      ],
      [["query", "--indx", "frame", path], 2, "unknown option `--indx` (did you mean `--index`?)"],
      [["stats", notes], 1, `${notes} is not a Rerun recording (wrong file header)`],
      [["stats", empty], 1, `there is no .rrd or .rbl file below ${empty}`],
      [
        ["query", "--index", "frame", "--format", "xlsx", path],
        2,
        "`--format` must be one of json, csv, arrow, parquet",
      ],
      [["split", path], 2, "requires `--timeline TIMELINE` and `-o FOLDER`"],
      [["bogus"], 2, "unknown command `rrd bogus`; there are: print"],
      [["stauts"], 2, "unknown command `rrd stauts` (did you mean `rrd stats`?)"],
    ];
    const ends = await Promise.all(cases.map(([args]) => runWarmCli(["rrd", ...args])));
    for (const [index, [args, code, message]] of cases.entries()) {
      expect([args, ends[index]?.code]).toEqual([args, code]);
      expect(ends[index]?.stderr).toContain(message);
    }
    expect((await readdir(folder)).sort()).toEqual(["cut.rrd", "empty", "notes.txt", "run.rrd", "still.rrd"]);
  });
});
