import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "@rerun-ts/test-support/node/run";
import { writeDefinitions } from "../definitions/definition-files.ts";
import { earlierReleases } from "./earlier-releases.ts";
import { changeVersions, currentVersion } from "./versions.ts";

/** What a checkout has besides the files of git, and what a copy may share with it. */
const SHARED: readonly string[] = [".venv", ".cache"];
const INSTALLED: readonly string[] = ["node_modules", "tools/typescript-6/node_modules"];

/** The comparisons have their usual sizes, also in a soak run. */
const USUAL_SIZES: NodeJS.ProcessEnv = { RERUN_TS_SOAK: "" };

/** The result of a rehearsed upgrade. */
export interface Rehearsal {
  /** The exit code of the command when nothing is missing any more, and its output. */
  readonly code: number;
  readonly output: string;
  /** The files that differ from those of this repository after the upgrade. */
  readonly differences: readonly string[];
}

/**
 * Upgrades a copy of this repository from the release before to the release that it follows, by all steps of
 * `npm run upgrade-rerun`. The copy has the definitions, the messages and the version of the release before, and
 * everything that a person has written since.
 *
 * @param folder an empty folder for the copy
 */
export async function rehearseUpgrade(root: string, folder: string): Promise<Rehearsal> {
  const [before] = earlierReleases(root).slice(-1);
  if (before === undefined) throw new Error("definitions/earlier is empty");
  const version = currentVersion(root);
  const files = await copyRepository(root, folder);
  changeVersions(folder, before.version);
  writeDefinitions(folder, before.facts);
  for (const [path, text] of Object.entries(before.protos)) writeFileSync(join(folder, "proto", path), text);
  const command = ["tools/start.mjs", "tools/upgrade/upgrade-rerun.ts", version];
  const upgrade = (): ReturnType<typeof run> =>
    run(process.execPath, command, { capture: true, cwd: folder, env: USUAL_SIZES });
  // Stops at messages that nobody has described. The descriptions in this repository are the work of that person.
  const first = await upgrade();
  cpSync(join(root, "proto"), join(folder, "proto"), { recursive: true });
  const { code, output } = await upgrade();
  const differences = [...files].filter(([file, hash]) => hashOf(join(folder, file)) !== hash).map(([file]) => file);
  return { code, output: `${first.output}\n${output}`, differences };
}

/** Copies the files that git does not ignore, and the installed packages. Returns the hashes of the files by path. */
async function copyRepository(root: string, folder: string): Promise<ReadonlyMap<string, string | undefined>> {
  const { output } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    capture: true,
    cwd: root,
  });
  const files = output.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { verbatimSymlinks: true });
  }
  // Links between the packages are relative, and lead to the packages of the copy.
  for (const path of INSTALLED) await run("cp", ["-a", join(root, path), join(folder, path)]);
  for (const name of SHARED) if (existsSync(join(root, name))) symlinkSync(join(root, name), join(folder, name));
  // The command searches with git.
  await run("git", ["init", "--quiet"], { cwd: folder });
  await run("git", ["add", "--all"], { capture: true, cwd: folder });
  return new Map(files.map((file) => [file, hashOf(join(folder, file))]));
}

function hashOf(path: string): string | undefined {
  return existsSync(path) ? createHash("sha256").update(readFileSync(path)).digest("hex") : undefined;
}
