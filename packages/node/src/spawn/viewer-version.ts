import { execFile } from "node:child_process";
import { RERUN_VERSION } from "@rerun-ts/core";
import { HOW_TO_INSTALL, environmentOf } from "./find-executable.ts";

/** How long a program may take to tell its version. */
const TIMEOUT_MS = 10_000;
/** `rerun-cli 0.41.0-rc.1 (features) …` */
const VERSION = /^\S+ v?((\d+)\.(\d+)\.\d+(?:-([a-z]+)\S*)?)/;

/**
 * Asks a viewer's program for its version. Returns what users should be told if it does not go with this SDK; nothing if
 * it does, or does not answer.
 */
export async function describeVersionMismatch(
  executable: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const version = await askVersion(executable, signal);
  if (version === undefined || fitsThisSdk(version)) return undefined;
  return (
    `the Rerun viewer at ${executable} is ${version}, and this SDK logs for ${RERUN_VERSION}: it may not show everything; ` +
    `install the right one with ${HOW_TO_INSTALL}`
  );
}

/** Whether a viewer of this version shows everything. */
export function fitsThisSdk(version: string): boolean {
  return parseVersion(`rerun ${version}`)?.series === parseVersion(`rerun ${RERUN_VERSION}`)?.series;
}

/** The version that a program tells; `undefined` if it tells none. */
export async function askVersion(executable: string, signal?: AbortSignal): Promise<string | undefined> {
  const text = await new Promise<string>((resolve) => {
    // What no system can run is thrown at once.
    execFile(executable, ["--version"], { timeout: TIMEOUT_MS, signal, env: environmentOf() }, (_, stdout) =>
      resolve(stdout),
    );
  }).catch(() => "");
  return parseVersion(text)?.text;
}

/** Versions of one series go together: before 1.0 the minor number counts too; candidates are like releases. */
function parseVersion(text: string): { readonly text: string; readonly series: string } | undefined {
  const [, version, major = "", minor = "", suffix] = VERSION.exec(text) ?? [];
  if (version === undefined) return undefined;
  if (suffix !== undefined && suffix !== "rc") return { text: version, series: version };
  return { text: version, series: major === "0" ? `0.${minor}` : major };
}
