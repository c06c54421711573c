import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordingStream } from "@rerun-ts/core";
import type * as importer from "@rerun-ts/import";
import { internalsOf } from "@rerun-ts/core/recording";
import type { LogFileOptions } from "@rerun-ts/types";
import { missingPackage } from "../file/missing-package.ts";

/** Whether a folder is a LeRobot dataset: its description says with which version it was written. */
export function isLeRobot(folder: string): boolean {
  try {
    const info: unknown = JSON.parse(readFileSync(join(folder, "meta", "info.json"), "utf8"));
    return typeof info === "object" && info !== null && "codebase_version" in info && "features" in info;
  } catch {
    return false;
  }
}

/**
 * Logs a LeRobot dataset: each episode as a recording of its own, as Rerun's importer does. One warning lists the parts
 * that cannot be imported. Rejects with the errors of `importLeRobot`, and with `UNSUPPORTED` if a package is missing.
 */
export async function logLeRobot(
  recording: RecordingStream,
  folder: string,
  { entityPathPrefix }: LogFileOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { importLeRobot } = await loadImporter();
  const { problems } = await importLeRobot(recording, folder, { entityPath: entityPathPrefix, signal });
  const [first] = problems;
  if (first === undefined) return;
  const { episode, feature, reason } = first;
  const where = [episode === undefined ? "" : ` of episode ${episode}`, feature === undefined ? "" : `, ${feature}`];
  const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more; \`importLeRobot\` reports them all`;
  internalsOf(recording).notice(`${folder}: a part${where.join("")} cannot be imported: ${reason}${more}`);
}

async function loadImporter(): Promise<typeof importer> {
  try {
    return await import("@rerun-ts/import");
  } catch (cause) {
    throw missingPackage("@rerun-ts/import", "a LeRobot dataset", cause);
  }
}
