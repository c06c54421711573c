import { constants, copyFileSync, existsSync, linkSync, realpathSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, parse } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { counted } from "@rerun-ts/core/util";
import type { ValuesOf } from "../command/command-table.ts";
import { UsageError } from "../command/usage-error.ts";
import type { MIGRATE } from "./migrate-table.ts";
import { STDIN, withPaths } from "./rrd-arguments.ts";
import { writeOutput } from "./rrd-output.ts";
import { showingProgress, writingOptions, type WritingValues } from "./rrd-sources.ts";
import { migrateRrd } from "@rerun-ts/reading";

/** Runs `rerun-ts rrd migrate`, which replaces files, and keeps the old ones beside them as `NAME.backup.rrd`. */
export async function migrate(values: ValuesOf<typeof MIGRATE>): Promise<void> {
  const given = withPaths(values);
  if (given.paths.includes(STDIN)) throw new UsageError("`rrd migrate` replaces files, so it reads no standard input");
  let done = 0;
  for (const path of given.paths) {
    const { dir, name } = parse(path);
    const backup = join(dir, `${name}.backup.rrd`);
    if (existsSync(backup)) console.error(`rerun-ts: ${path} stays as it is: ${backup} already exists`);
    else {
      await migrateFile(given, path, backup);
      done++;
    }
  }
  console.error(`${counted(done, "file")} migrated.`);
}

async function migrateFile(given: WritingValues, path: string, backup: string): Promise<void> {
  let isKept = false;
  // Only when the new file is complete. An interrupted migration then leaves no backup, which would prevent another.
  const keep = (): void => {
    try {
      keepAs(path, backup);
    } catch (error) {
      throw new RerunError("IO_ERROR", `cannot keep ${path} as ${backup}: ${messageOf(error)}`, { cause: error });
    }
    isKept = true;
  };
  try {
    await showingProgress({ ...given, paths: [path] }, (onProgress) =>
      writeOutput(path, migrateRrd(path, { ...writingOptions({ ...given, paths: [path] }), onProgress }), keep),
    );
  } catch (error) {
    // The file is unchanged, so the backup is not needed.
    if (isKept) await rm(backup, { force: true });
    throw error;
  }
}

/** Gives a file a second name, or copies it where the file system has no links. */
function keepAs(path: string, backup: string): void {
  try {
    linkSync(realpathSync(path), backup);
  } catch (error) {
    if (isTaken(error)) throw error;
    copyWhole(path, backup);
  }
}

/** Copies a file to a free place, and leaves no part of a copy there. */
function copyWhole(path: string, copy: string): void {
  try {
    copyFileSync(path, copy, constants.COPYFILE_EXCL);
  } catch (error) {
    if (!isTaken(error)) rmSync(copy, { force: true });
    throw error;
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EEXIST";
}
