import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fsStore } from "@rerun-ts/storage";
import { root } from "@rerun-ts/test-support/node/environment";
import { describe, expect } from "vitest";
import { UploadedRecording } from "../../packages/storage/test/stored-rows.ts";
import { CLI } from "./harness/command.ts";
import { Program, type ProgramEnd } from "./harness/program.ts";
import { runCli } from "./harness/relay-program.ts";
import { it } from "./harness/test.ts";

const BUNDLE = join(root, "packages/cli/dist/bundle");

/** A copy of the command in a folder of its own, as npx has one, where no other package is. */
async function aloneIn(folder: string): Promise<(cwd: string, ...args: string[]) => Promise<ProgramEnd>> {
  const copy = join(folder, "npx/bundle");
  await cp(BUNDLE, copy, { recursive: true });
  await writeFile(join(dirname(copy), "package.json"), '{ "type": "module" }');
  return (cwd, ...args) => new Program(process.execPath, [join(copy, "main.js"), ...args], { cwd }).ended;
}

it("commands for object storage name the line that installs their package, if it is missing", async ({ folder }) => {
  const run = await aloneIn(folder);
  const overview = await run(folder);
  expect(overview).toMatchObject({ code: 0, stderr: "" });
  expect(overview.stdout.toString()).toMatch(/After `npm install @rerun-ts\/\w+` there are also: push, share, ingest,/);
  const catalog = await run(folder, "catalog", "--help");
  expect(catalog.stdout.toString()).toMatch(/^ {2}keep +After `npm install @rerun-ts\/\w+`$/m);
  for (const args of [
    ["push", "spool"],
    ["catalog", "keep"],
    ["parts", "check", "--help"],
  ]) {
    const { code, stderr } = await run(folder, ...args);
    expect([args, code]).toEqual([args, 1]);
    expect(stderr).toMatch(/^rerun-ts: `rerun-ts .*` needs the package: npm install @rerun-ts\/\w+\n$/);
  }
});

it("commands for object storage are found in the folder where the command runs", async ({ folder }) => {
  const run = await aloneIn(folder);
  const project = join(folder, "project");
  await mkdir(join(project, "node_modules/@rerun-ts"), { recursive: true });
  await symlink(join(root, "packages/storage"), join(project, "node_modules/@rerun-ts/storage"));
  const help = await run(project, "push", "--help");
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout.toString()).toContain("Usage: rerun-ts push --to STORE [OPTION …] SPOOL …");
  const push = await run(project, "push", "spool");
  expect(push).toMatchObject({ code: 2, stderr: expect.stringContaining("`--to` is required: s3://BUCKET/PREFIX") });
});

describe("the output of commands for object storage", () => {
  /** Runs a command whose standard output goes elsewhere. */
  function pipe(args: readonly string[], end: string): { code: number | null; stdout: string; stderr: string } {
    const line = [process.execPath, CLI, ...args].join(" ");
    const { status, stdout, stderr } = spawnSync("bash", ["-c", `set -o pipefail; ${line} ${end}`], {
      encoding: "utf8",
    });
    return { code: status, stdout, stderr };
  }

  it("may be cut by a reader that needs no more, and otherwise is missed", async ({ folder, skip }) => {
    skip(!existsSync("/dev/full"), "there is no /dev/full");
    const bucket = join(folder, "bucket");
    for (const id of ["monday", "tuesday"]) {
      const recording = new UploadedRecording(fsStore(bucket), join(folder, "spool"), id);
      await recording.logParts(4);
      await recording.recording.close();
    }
    const compact = ["compact", bucket, "--dataset", "fleet"];
    const reason = "rerun-ts: cannot write standard output: ENOSPC: no space left on device, write\n";
    for (const args of [
      [...compact, "--dry-run", "--json"],
      ["fleet", "status", bucket],
    ])
      expect([args, pipe(args, "> /dev/full")]).toMatchObject([args, { code: 1, stderr: reason }]);
    // The reader ends first, and nevertheless both recordings are compacted.
    expect(pipe(compact, "| true")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(pipe([...compact, "--dry-run"], "").stdout).toMatch(/^0 parts would be compacted/);
  });

  it("is a whole JSON document even if `compact` fails in the middle", async ({ folder }) => {
    await mkdir(join(folder, "bucket"));
    // The place of objects that are being written.
    await writeFile(join(folder, "bucket/.incoming"), "");
    const { code, stdout, stderr } = await runCli(["compact", join(folder, "bucket"), "--dataset", "fleet", "--json"]);
    const error = stderr.replace(/^rerun-ts: (.*)\n$/, "$1");
    expect(error).toMatch(/^cannot create /);
    expect([code, JSON.parse(stdout.toString())]).toEqual([1, { removed: [], compacted: [], error }]);
  });
});
