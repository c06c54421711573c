import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { join } from "node:path";
import { isCi } from "@rerun-ts/test-support/node/environment";
import type { BrowserName } from "@rerun-ts/test-support/setup/browsers";
import type { Runtime, RuntimeName } from "@rerun-ts/test-support/setup/runtimes";
import { inject, type TestContext } from "vitest";
import { Program } from "../../processes/harness/program.ts";

/** The runtimes in which `@rerun-ts/node` runs; this Node comes first. */
export const SERVER_RUNTIMES = ["this Node", "Node 22", "Node 24", "Node 26", "Bun", "Deno"] as const;

const THIS_NODE: Runtime = {
  name: `Node ${process.versions.node.split(".")[0]}`,
  version: process.versions.node,
  program: process.execPath,
  args: [],
  env: {},
};

declare module "vitest" {
  export interface TaskMeta {
    /** The features that a test has shown, for the table in the documentation. */
    shows?: { readonly runtime: string; readonly version: string; readonly features: readonly string[] };
  }
}

/**
 * Returns a runtime. Skips the test where it is not available; in CI the test fails.
 * @param features the features that work in the runtime if the test passes, for the table in the documentation
 */
export function needRuntime(
  name: RuntimeName | "this Node",
  features: readonly string[],
  { skip, task }: Pick<TestContext, "skip" | "task">,
): Runtime {
  const runtime = name === "this Node" ? THIS_NODE : inject("runtimes")[name];
  if ("missing" in runtime) {
    if (isCi) throw new Error(runtime.missing);
    return skip(runtime.missing);
  }
  task.meta.shows = { runtime: runtime.name, version: runtime.version, features };
  return runtime;
}

/** Skips a test where a browser is not available; in CI the test fails. */
export function needBrowser(name: BrowserName, { skip }: Pick<TestContext, "skip">): void {
  const missing = inject("missingBrowsers")[name];
  if (missing === undefined) return;
  if (isCi) throw new Error(missing);
  skip(missing);
}

/** Starts a program of the folder `programs`, with the packed packages. It is killed at the end of the test. */
export function startIn({ program, args, env }: Runtime, name: string, more: readonly string[] = []): Program {
  return new Program(program, [...args, join(inject("project"), `${name}.js`), ...more], { env });
}

/** The lines that a program prints, as it prints them. */
export function linesOf({ process: { stdout } }: Program): AsyncIterableIterator<string> {
  return createInterface({ input: stdout as Readable })[Symbol.asyncIterator]();
}
