import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";
import { describe, expect, inject, it } from "vitest";
import { needRuntime } from "./harness/runtime.ts";

/** The version of docs/toolchains.md. */
const MOCHA = "mocha@12.0.3";
const FOLDER = join(root, ".cache/runtimes/mocha-12.0.3");

/** A test runner: the beginning of its file of tests, the program and its arguments before the file. */
interface Runner {
  readonly imports: string;
  readonly runtime: "this Node" | "Bun" | "Deno";
  readonly args: readonly string[];
  /** What it prints after two tests have passed. */
  readonly passed: RegExp;
}

const RUNNERS: Readonly<Record<string, Runner>> = {
  "node:test": {
    imports: 'import { test } from "node:test";',
    runtime: "this Node",
    args: ["--test"],
    passed: /pass 2\n/,
  },
  Mocha: {
    imports: 'import { it as test } from "mocha";',
    runtime: "this Node",
    args: [join(FOLDER, "node_modules/mocha/bin/mocha.js")],
    passed: /2 passing/,
  },
  "that of Bun": { imports: 'import { test } from "bun:test";', runtime: "Bun", args: ["test"], passed: /2 pass\n/ },
  "that of Deno": {
    imports: "const { test } = Deno;",
    runtime: "Deno",
    args: ["test", "--no-prompt", "--quiet"],
    passed: /2 passed/,
  },
};

/** Installs Mocha. Returns the reason if that is impossible. */
async function install(): Promise<string | undefined> {
  if (existsSync(join(FOLDER, "node_modules/mocha"))) return undefined;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, "package.json"), '{ "private": true }\n');
  const options = ["--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await runNpm(["install", ...options, MOCHA], { cwd: FOLDER, capture: true });
  return code === 0 ? undefined : `Mocha cannot be installed: ${output.trim().split("\n")[0]}`;
}

describe("a test runner", () => {
  it.for(Object.entries(RUNNERS))("runs tests with the packages: %s", async ([name, runner], { skip, task }) => {
    const missing = name === "Mocha" ? await install() : undefined;
    skip(missing !== undefined, missing);
    const { program, env } = needRuntime(runner.runtime, [], { skip, task });
    const project = inject("project");
    const file = join(project, `${name.replaceAll(/\W/g, "-")}.test.js`);
    const source = await readFile(join(project, "runner.js"), "utf8");
    const imports = name === "Mocha" ? runner.imports.replace('"mocha"', JSON.stringify(MOCHA_MODULE)) : runner.imports;
    await writeFile(file, `${imports}\n${source}`);
    const { code, output } = await run(program, [...runner.args, file], { cwd: project, capture: true, env });
    expect(code, output).toBe(0);
    expect(output.replaceAll("\u001B", "")).toMatch(runner.passed);
  });
});

const MOCHA_MODULE = join(FOLDER, "node_modules/mocha/index.js");
