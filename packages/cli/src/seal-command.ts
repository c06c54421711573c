import { statSync, type Stats } from "node:fs";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { fileFailure } from "@rerun-ts/node/files";
import { sealParts, type SealReport } from "@rerun-ts/node/parts";
import type { CommandContext } from "./command/command-context.ts";
import type { ValuesOf } from "./command/command-table.ts";
import { showStatus } from "./command/status-line.ts";
import type { SEAL } from "./seal-table.ts";

/** Runs `rerun-ts seal`. */
export async function seal(values: ValuesOf<typeof SEAL>, { toJson }: CommandContext): Promise<void> {
  const { positionals, json, "dry-run": dryRun } = values;
  for (const folder of positionals) checkFolder(folder);
  // Keeps the program alive, because the timers of locks do not.
  const keepAlive = setInterval(() => {}, 2 ** 30);
  try {
    const reports = [];
    for (const folder of positionals) reports.push({ folder, ...(await sealFolder(folder, dryRun)) });
    if (json) console.log(toJson(reports, 2));
    else for (const { folder, ...report } of reports) show(folder, report, dryRun);
    if (reports.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
  } finally {
    clearInterval(keepAlive);
  }
}

function checkFolder(folder: string): void {
  let stats: Stats | undefined;
  try {
    stats = statSync(folder, { throwIfNoEntry: false });
  } catch (error) {
    throw fileFailure(folder, error);
  }
  if (stats === undefined) throw new RerunError("NOT_FOUND", `cannot read ${folder}: no such folder`);
  if (!stats.isDirectory()) throw new RerunError("IO_ERROR", `cannot read ${folder}: it is not a folder`);
}

async function sealFolder(folder: string, dryRun: boolean): Promise<SealReport> {
  let status = "";
  const hideStatus = showStatus(() => status);
  try {
    return await sealParts(folder, {
      dryRun,
      onProgress: (done, total) => (status = `Sealing part ${done + 1} of ${total} in ${folder}`),
      onWaiting: (text) => console.error(`rerun-ts: ${text}`),
    });
  } finally {
    hideStatus();
  }
}

function show(folder: string, { sealed, inUse, failed }: SealReport, dryRun: boolean): void {
  for (const { path, messages, lostBytes } of sealed) {
    const removed = dryRun ? "would remove" : "removed";
    const lost = lostBytes === 0 ? "" : `, ${removed} ${lostBytes} bytes of an incomplete message`;
    console.log(`${dryRun ? "would finish " : ""}${path}: ${messages} messages${lost}`);
  }
  for (const { path, owner } of inUse) console.error(`rerun-ts: ${path}: ${owner} is writing to it`);
  for (const { path, error } of failed) console.error(`rerun-ts: ${path}: ${messageOf(error)}`);
  if (sealed.length + inUse.length + failed.length === 0) console.log(`${folder}: no unfinished parts`);
}
