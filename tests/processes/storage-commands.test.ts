import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { expect } from "vitest";
import { Program, type ProgramEnd } from "./harness/program.ts";
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
