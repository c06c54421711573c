import { execFile } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { makeTemporaryFolder, removeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { root } from "@rerun-ts/test-support/node/environment";
import { unpackPacked } from "@rerun-ts/test-support/packages/packed-project";
import { provideRerun } from "@rerun-ts/test-support/setup/provide-rerun";
import type { Missing } from "@rerun-ts/test-support/setup/rerun";
import { ensureRuntime, RUNTIME_NAMES, type Runtime, type RuntimeName } from "@rerun-ts/test-support/setup/runtimes";
import { BROWSER_NAMES, ensureBrowser, type BrowserName } from "@rerun-ts/test-support/setup/browsers";
import type { TestProject } from "vitest/node";
import { isComplete } from "./harness/is-complete.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The other runtimes, or the reasons why they are not available. */
    runtimes: Readonly<Record<RuntimeName, Runtime | Missing>>;
    /** The reasons why browsers are not available; `npm test` does not look for them. */
    missingBrowsers: Readonly<Partial<Record<BrowserName, string>>>;
    /** A folder with the programs and the packed packages. */
    project: string;
    /** The recording that this Node has logged to a file there. */
    expected: string;
  }
}

/**
 * Installs the runtimes, and unpacks the packed packages into an empty project; logs in this Node the data that other
 * runtimes must equal.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await provideRerun(project);
  const runtimes: Partial<Record<RuntimeName, Runtime | Missing>> = {};
  for (const name of RUNTIME_NAMES) {
    const runtime = await ensureRuntime(name);
    if ("missing" in runtime) console.warn(`Tests in ${name} are skipped: ${runtime.missing}`);
    runtimes[name] = runtime;
  }
  project.provide("runtimes", runtimes as Record<RuntimeName, Runtime | Missing>);

  const missingBrowsers: Partial<Record<BrowserName, string>> = {};
  for (const name of isComplete ? BROWSER_NAMES : []) {
    const found = await ensureBrowser(name);
    if (found === undefined) continue;
    console.warn(`Tests in ${name} are skipped: ${found.missing}`);
    missingBrowsers[name] = found.missing;
  }
  project.provide("missingBrowsers", missingBrowsers);

  const folder = makeTemporaryFolder().path;
  await unpackPacked(folder);
  await cp(join(root, "tests/runtimes/programs"), folder, { recursive: true });
  const options = JSON.stringify({ name: "expected", isStdout: true });
  const { stdout } = await promisify(execFile)(process.execPath, ["ways.js", options], {
    cwd: folder,
    encoding: "buffer",
  });
  const expected = join(folder, "expected.rrd");
  await writeFile(expected, stdout);
  project.provide("project", folder);
  project.provide("expected", expected);
  return () => removeTemporaryFolder(folder);
}
