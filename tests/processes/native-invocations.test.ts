import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareRrd, openRrd } from "@rerun-ts/reading";
import * as rr from "@rerun-ts/node";
import { describe, expect } from "vitest";
import { CLI } from "./harness/command.ts";
import { Program } from "./harness/program.ts";
import { damagedFile, it } from "./harness/test.ts";
import { runWarmCli } from "./harness/warm-cli.ts";

const FIXTURES = fileURLToPath(new URL("../conformance/fixtures", import.meta.url));

/** A recording of an old version. */
function fixtureOf(version: string): string {
  return join(FIXTURES, version.startsWith("0.23") ? "migrations" : ".", `rerun-${version}.rrd`);
}

async function record(path: string, recordingId: string): Promise<void> {
  const rec = new rr.RecordingStream("run", { recordingId });
  await rec.save(path);
  rec.log("shape", new rr.Points3D([[1, 2, 3]]), { static: true });
  for (let frame = 0; frame < 10; frame++) {
    rec.setTime("frame", frame);
    rec.setTime("age", { duration: frame / 2 });
    rec.log("a", new rr.Scalars(frame / 2));
    rec.log("b/note", new rr.TextLog(`note ${frame}`));
  }
  rec.resetTime();
  rec.setTime("other", 3);
  rec.log("c", new rr.Scalars(1));
  await rec.close();
}

/** The result of a command line in a folder. */
interface Result {
  readonly folder: string;
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** The files of the folder after it. */
  readonly files: readonly string[];
}

/**
 * Runs `PROGRAM rrd …` in a folder. Without a program, runs `rerun-ts rrd …`, in a shell if its standard input is a
 * file.
 */
async function run(
  folder: string,
  line: string,
  program?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const options = { cwd: folder, env };
  const shell = ["-c", `"$0" "$@" ${line}`, ...(program === undefined ? [process.execPath, CLI] : [program]), "rrd"];
  const [command = "", output] = line.split(" > ");
  const isWarm = program === undefined && !line.includes("<");
  const { code, stdout, stderr } = await (isWarm
    ? runWarmCli(["rrd", ...command.split(" ")], options)
    : new Program("bash", shell, options).ended);
  if (isWarm && output !== undefined) await writeFile(join(folder, output), stdout);
  const files = (await readdir(folder, { recursive: true })).sort();
  return { folder, code, stdout, stderr, files };
}

/** Runs a command line with Rerun's program and with ours, each in a copy of the same folder. */
async function runBoth(folder: string, program: string, line: string): Promise<{ theirs: Result; ours: Result }> {
  const [theirFolder, ourFolder] = [`${folder}-theirs`, `${folder}-ours`];
  for (const copy of [theirFolder, ourFolder]) await cp(folder, copy, { recursive: true });
  const [theirs, ours] = await Promise.all([run(theirFolder, line, program), run(ourFolder, line)]);
  return { theirs, ours };
}

/** The recordings that differ in rows or ids, without the entities to ignore. */
async function differences(
  { theirs, ours }: { theirs: Result; ours: Result },
  ignore: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  for (const file of ours.files.filter((name) => name.endsWith(".rrd"))) {
    await using own = await openRrd(join(ours.folder, file));
    await using other = await openRrd(join(theirs.folder, file));
    const ids = own.recordings.map(({ recordingId }) => recordingId).sort();
    const otherIds = other.recordings.map(({ recordingId }) => recordingId).sort();
    if (ids.join() !== otherIds.join())
      found.push(`${file}: the recordings ${ids.join()} instead of ${otherIds.join()}`);
    for (const id of ids) {
      const report = await compareRrd(own.recording(id), other.recording(id), { ids: true, ignore });
      if (!report.isEqual) found.push(`${file}: ${report.differences[0]?.reason}`);
    }
  }
  return found;
}

/** Invocations of the documentation of `rerun rrd`, in a folder with `a.rrd`, `b.rrd` and `in/`. */
const WRITING = [
  "filter --drop-timeline other --drop-entity /c a.rrd > output.rrd",
  "merge a.rrd b.rrd > output.rrd",
  "merge -o output.rrd --continue-on-error < a.rrd",
  "migrate a.rrd b.rrd",
  "optimize --max-size 2MiB in -o out",
  "optimize --max-rows 4096 --max-size 2MiB --num-pass 2 < a.rrd > output.rrd",
  "route --recording-id my_recording a.rrd b.rrd > output.rrd",
  "split --output-dir ./parts --timeline frame --time 3 --time 6 ./a.rrd",
  "split -o parts --timeline frame -n 4 a.rrd",
  "split -o parts --timeline age --num-parts 3 --drop-unused-timelines a.rrd",
  "split -o parts --timeline frame -t 100 --recording-id part_ a.rrd",
  "compare a.rrd b.rrd",
  "compare --unordered --ignore-chunks-without-components --ignore-timeline age a.rrd copy.rrd",
  "compare --full-dump a.rrd copy.rrd > dump.txt",
  "verify --check-footers false a.rrd",
  "split -o parts --timeline frame a.rrd -t 3 -n 3 > output.txt",
  "merge missing.rrd > output.txt",
  "migrate missing.rrd",
] as const;

const SHOWING = [
  "print a.rrd b.rrd",
  "print -v < a.rrd",
  "print -v --entity /a a.rrd",
  "print -vv --full-metadata=true a.rrd",
  "print -vvv --continue-on-error=true a.rrd",
  "print -vvv --transposed=true --migrate=true a.rrd",
  "print --footers=true --footers-lod 2 a.rrd",
  "stats a.rrd b.rrd",
  "stats --no-decode a.rrd",
];

describe("a script for `rerun rrd` runs with `rerun-ts rrd`", () => {
  it("and writes the same files, with the same rows and exit codes", async ({ folder, rerun }) => {
    const input = join(folder, "input");
    await mkdir(join(input, "in/deep"), { recursive: true });
    await mkdir(join(input, "parts"));
    await record(join(input, "a.rrd"), "one");
    await record(join(input, "b.rrd"), "two");
    for (const copy of ["copy.rrd", "in/one.rrd", "in/deep/two.rrd"])
      await copyFile(join(input, "a.rrd"), join(input, copy));
    for (const [index, line] of WRITING.entries()) {
      const work = join(folder, `${index}`);
      await cp(input, work, { recursive: true });
      const both = await runBoth(work, rerun.program, line);
      const { ours, theirs } = both;
      expect({ line, code: ours.code, files: ours.files }, ours.stderr).toEqual({
        line,
        code: theirs.code,
        files: theirs.files,
      });
      // Our tools keep data that is not on the timeline, which Rerun's tools lose.
      const ignore = line.startsWith("split") ? ["/c"] : [];
      if (ours.code === 0) expect([line, await differences(both, ignore)]).toEqual([line, []]);
    }
  });

  it("and shows the same chunks and counts", async ({ folder, rerun }) => {
    const input = join(folder, "input");
    await mkdir(input);
    await record(join(input, "a.rrd"), "one");
    await record(join(input, "b.rrd"), "two");
    for (const line of SHOWING) {
      const [theirs, ours] = await Promise.all([run(input, line, rerun.program), run(input, line)]);
      expect([line, ours.code], ours.stderr).toEqual([line, theirs.code]);
      expect([line, contentsOf(ours)]).toEqual([line, contentsOf(theirs)]);
    }
  });

  it("and migrates files of Rerun 0.23 and 0.24", async ({ folder, rerun }) => {
    const input = join(folder, "input");
    await mkdir(input);
    for (const version of ["0.23.4", "0.24.0"]) await copyFile(fixtureOf(version), join(input, `${version}.rrd`));
    const theirs = await run(input, "migrate 0.23.4.rrd 0.24.0.rrd", rerun.program);
    const ours = join(folder, "ours");
    await mkdir(ours);
    for (const version of ["0.23.4", "0.24.0"]) await copyFile(fixtureOf(version), join(ours, `${version}.rrd`));
    const result = await run(ours, "migrate 0.23.4.rrd 0.24.0.rrd");
    expect([result.code, result.files], result.stderr).toEqual([theirs.code, theirs.files]);
    for (const file of ["0.23.4.rrd", "0.24.0.rrd"]) {
      await rerun.verify(join(ours, file));
      const report = await compareRrd(join(ours, file), join(input, file), { ids: true });
      expect([file, report.differences]).toEqual([file, []]);
    }
    // Rerun replaces a file that is not a recording by an empty recording.
    await writeFile(damagedFile(join(ours, "notes.rrd")), "notes");
    const notes = await run(ours, "migrate notes.rrd");
    expect([notes.code, existsSync(join(ours, "notes.backup.rrd"))]).toEqual([1, false]);
  });
});

/** The lines that programs may read: chunks without their sizes, and counts. */
function contentsOf({ stdout }: Result): string[] {
  const text = stdout.toString();
  const chunks = [...text.matchAll(/^(Chunk\(\S+\) with \d+ rows) .*? - (\S+) - (?:data columns: (\[.*?\]))?/gm)];
  const counts = text.match(/^num_(?:chunks|entity_paths|rows|static) = \d+|^\/?[\w/:]+: \d+$/gm) ?? [];
  return [
    ...chunks.map(([, rows, path, columns = ""]) => [rows, path, columns].join(" ")),
    ...counts.map((line) => line.trim()),
  ].sort();
}
