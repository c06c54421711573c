import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { runNpm } from "@rerun-ts/test-support/node/run-bin";
import { expect, inject, it } from "vitest";

/** The versions of docs/toolchains.md. */
const PACKAGES = ["jest@30.5.2", "@swc/jest@0.2.39", "@swc/core@1"];
const FOLDER = join(root, ".cache/runtimes/jest-30.5.2");

/** Installs Jest. Returns the reason if that is impossible. */
async function install(): Promise<string | undefined> {
  if (existsSync(join(FOLDER, "node_modules/jest"))) return undefined;
  await mkdir(FOLDER, { recursive: true });
  await writeFile(join(FOLDER, "package.json"), '{ "private": true }\n');
  const options = ["--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
  const { code, output } = await runNpm(["install", ...options, ...PACKAGES], { cwd: FOLDER, capture: true });
  return code === 0 ? undefined : `Jest cannot be installed: ${output.trim().split("\n")[0]}`;
}

it(
  "Jest runs tests of programs with the packages, with the settings of the docs",
  { timeout: 300_000 },
  async ({ skip }) => {
    const missing = await install();
    skip(missing !== undefined, missing);
    const project = inject("project");
    const config = {
      rootDir: project,
      testMatch: ["**/*.jest.cjs"],
      transform: { "\\.[cm]?[jt]sx?$": [join(FOLDER, "node_modules/@swc/jest")] },
      transformIgnorePatterns: ["/node_modules/(?!@rerun-ts/)"],
      testEnvironment: join(FOLDER, "node_modules/jest-environment-node"),
    };
    const path = join(project, "jest.config.json");
    await writeFile(path, JSON.stringify(config));
    const jest = join(FOLDER, "node_modules/jest/bin/jest.js");
    const { code, output } = await run(process.execPath, [jest, "--config", path], { capture: true, cwd: project });
    expect(code, output).toBe(0);
    expect(output).toContain("2 passed");
  },
);
