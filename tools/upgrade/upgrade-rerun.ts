// `npm run upgrade-rerun -- VERSION`: follows another release of Rerun, e.g. 0.42.0 or `latest`. It does all the work
// that a program can do, and names the texts that a person must write. When it is run again, it goes on from there. It
// ends with the exit code 0 when nothing is left. See docs/internals/upgrading-rerun.md.
import { root } from "@rerun-ts/test-support/node/environment";
import { run } from "@rerun-ts/test-support/node/run";
import { fetchRelease } from "../definitions/release.ts";
import { definitionSteps } from "./definition-steps.ts";
import { projectSteps, recordBefore } from "./project-steps.ts";
import { runSteps } from "./steps.ts";
import { compareVersions, currentVersion, parseVersion } from "./versions.ts";
import { earlierReleases } from "./earlier-releases.ts";

try {
  process.exitCode = await upgrade(process.argv[2]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function upgrade(wanted: string | undefined): Promise<number> {
  if (wanted === undefined) throw new RangeError("usage: npm run upgrade-rerun -- VERSION | latest");
  const version = wanted === "latest" ? await latestVersion() : wanted;
  parseVersion(version);
  const current = currentVersion(root);
  if (compareVersions(version, current) < 0) {
    throw new RangeError(`the version must not be older than ${current}, got ${version}`);
  }
  // A command that is run again finds the new version already set.
  const before = current === version ? (earlierReleases(root).at(-1)?.version ?? current) : current;
  console.log(`From Rerun ${before} to ${version}\n`);
  const steps = [
    recordBefore(root, before, version),
    ...definitionSteps({ root, version, fetch: fetchRelease }),
    ...projectSteps(root, before),
  ];
  const gaps = await runSteps(steps, console.log);
  if (gaps.length > 0) return 1;
  console.log(`\nThe code follows Rerun ${version}. docs/internals/upgrading-rerun.md lists what is left to a person.`);
  return 0;
}

async function latestVersion(): Promise<string> {
  const args = ["-m", "pip", "index", "versions", "rerun-sdk"];
  const { output } = await run("python3", args, { capture: true });
  const version = /^rerun-sdk \(([\d.]+)\)$/m.exec(output)?.[1];
  if (version === undefined) throw new Error(`pip does not say which rerun-sdk is the newest: ${output.trim()}`);
  return version;
}
