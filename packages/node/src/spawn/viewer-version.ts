import { execFile } from "node:child_process";
import { RERUN_VERSION } from "@rerun-ts/core";
import { HOW_TO_INSTALL, environmentOf } from "./find-executable.ts";

/** Longest time that a program may take to print its version. */
const TIMEOUT_MS = 10_000;
/** The version in an output such as `rerun-cli 0.41.0-rc.1 (features) …`. */
const VERSION = /^\S+ v?((\d+)\.(\d+)\.\d+(?:-([a-z]+)\S*)?)/;

/**
 * Compares the version of a viewer's program with this SDK. Returns a warning if they differ, or `undefined` if they
 * match or if the version is unknown.
 */
export async function describeVersionMismatch(
  executable: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const version = await readVersion(executable, signal);
  if (version === undefined || matchesSdk(version)) return undefined;
  return (
    `the Rerun viewer at ${executable} has version ${version}, but this SDK logs for ${RERUN_VERSION}; ` +
    `it may not show everything. Install the matching version with ${HOW_TO_INSTALL}`
  );
}

/** Whether a viewer of this version supports everything that this SDK logs. */
export function matchesSdk(version: string): boolean {
  return parseVersion(`rerun ${version}`)?.series === parseVersion(`rerun ${RERUN_VERSION}`)?.series;
}

/** The version that a program prints, or `undefined` if it prints none or cannot be run. */
export async function readVersion(executable: string, signal?: AbortSignal): Promise<string | undefined> {
  const text = await new Promise<string>((resolve) => {
    // A file that cannot be executed makes `execFile` throw.
    execFile(executable, ["--version"], { timeout: TIMEOUT_MS, signal, env: environmentOf() }, (_, stdout) =>
      resolve(stdout),
    );
  }).catch(() => "");
  return parseVersion(text)?.text;
}

/**
 * The version in a program's output, and its series: versions of one series are compatible. Before 1.0 the minor number
 * counts too, release candidates count as releases, and other pre-releases are only compatible with themselves.
 */
function parseVersion(text: string): { readonly text: string; readonly series: string } | undefined {
  const [, version, major = "", minor = "", suffix] = VERSION.exec(text) ?? [];
  if (version === undefined) return undefined;
  if (suffix !== undefined && suffix !== "rc") return { text: version, series: version };
  return { text: version, series: major === "0" ? `0.${minor}` : major };
}
