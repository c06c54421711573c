import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "vitest";
import { isCi } from "../node/environment.ts";
import { run } from "../node/run.ts";
import { installDebian } from "./debian.ts";

const MISSING = "there are no prometheus and promtool; Debian's package `prometheus` has both";

export interface PrometheusPrograms {
  /** The server. */
  readonly prometheus: string;
  /** The program that checks and tests rules. */
  readonly promtool: string;
}

/** Installs Prometheus if it is missing. Returns its programs, `undefined` if it cannot be installed. */
export async function ensurePrometheus(): Promise<PrometheusPrograms | undefined> {
  const found = findPrograms();
  if (found !== undefined || !(await installDebian(["prometheus"]))) return found;
  // The package may have started a service, which the tests do not use.
  if (existsSync("/run/systemd/system")) await run("systemctl", ["disable", "--now", "prometheus"], { capture: true });
  return findPrograms();
}

/** Returns the programs. Where they cannot be installed, skips the test, or fails it in CI. */
export async function needPrometheus(context: Pick<TestContext, "skip">): Promise<PrometheusPrograms> {
  const programs = await ensurePrometheus();
  if (programs === undefined && !isCi) context.skip(MISSING);
  if (programs === undefined) throw new Error(MISSING);
  return programs;
}

function findPrograms(): PrometheusPrograms | undefined {
  const [prometheus, promtool] = [find("prometheus"), find("promtool")];
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

function find(name: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
