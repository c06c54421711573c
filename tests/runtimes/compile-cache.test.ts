import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, it, onTestFinished } from "vitest";
import { needRuntime } from "./harness/runtime.ts";

it("the command keeps its compiled code in the user's cache folder, not in Node's folder for all users", async ({
  skip,
  task,
}) => {
  const { program } = needRuntime("Node 22", [], { skip, task });
  const folder = makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  const [temporary, caches] = [join(folder.path, "temporary"), join(folder.path, "caches")];
  mkdirSync(temporary, { recursive: true });
  const env = { TMPDIR: temporary, XDG_CACHE_HOME: caches, NODE_COMPILE_CACHE: undefined };
  const main = join(root, "packages/cli/dist/bundle/main.js");
  expect(await run(program, [main, "rrd", "--help"], { capture: true, env })).toMatchObject({ code: 0 });
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(join(caches, "rerun-ts/compiled"))).toHaveLength(1);
  const own = { ...env, XDG_CACHE_HOME: join(folder.path, "unused"), NODE_COMPILE_CACHE: join(folder.path, "own") };
  expect(await run(program, [main, "rrd", "--help"], { capture: true, env: own })).toMatchObject({ code: 0 });
  expect(existsSync(own.NODE_COMPILE_CACHE)).toBe(true);
});
