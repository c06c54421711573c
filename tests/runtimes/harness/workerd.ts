import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import * as esbuild from "esbuild";
import type { Runtime } from "@rerun-ts/test-support/setup/runtimes";
import { Program } from "../../processes/harness/program.ts";

/** The newest day whose behaviour the installed workerd knows. */
const COMPATIBILITY_DATE = "2026-07-30";
const CONTROL_FD = 3;

/** A worker in workerd, the runtime of Cloudflare Workers. It is killed at the end of the test. */
export interface EdgeWorker {
  readonly url: string;
}

/**
 * Bundles a program with the packed packages, and serves it.
 * @param source the text of the program, an ES module with TypeScript
 * @param env its variables
 */
export async function startWorker(
  { program }: Runtime,
  source: string,
  env: Readonly<Record<string, string>>,
): Promise<EdgeWorker> {
  const project = inject("project");
  const folder = join(project, `worker-${randomUUID()}`);
  await mkdir(folder);
  await esbuild.build({
    stdin: { contents: source, resolveDir: project, loader: "ts" },
    bundle: true,
    format: "esm",
    outfile: join(folder, "worker.js"),
    logLevel: "warning",
    // An optional package that is not installed here.
    external: ["@rerun-io/web-viewer"],
  });
  const bindings = Object.entries(env).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`);
  const config = `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = (
          modules = [(name = "worker.js", esModule = embed "worker.js")],
          compatibilityDate = ${quoted(COMPATIBILITY_DATE)},
          bindings = [${bindings.join(", ")}]
        )),
        (name = "internet", network = (allow = ["local"]))
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
    );`;
  await writeFile(join(folder, "config.capnp"), config);
  const workerd = new Program(program, ["serve", join(folder, "config.capnp"), `--control-fd=${CONTROL_FD}`]);
  const { port } = (await workerd.report()) as { port: number };
  return { url: `http://127.0.0.1:${port}` };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
