import { messageOf } from "@rerun-ts/core/checks";
import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";
import type { CommandContext, ValuesOf } from "rerun-ts/command";
import { describeBytes } from "@rerun-ts/node/files";
import { compactParts } from "../compact/compact-parts.ts";
import type { CompactedParts } from "../compact/compact-recording.ts";
import type { CompactReport } from "../compact/compaction.ts";
import type { RemovedParts } from "../compact/plan-removal.ts";
import { removeOldParts } from "../compact/remove-old-parts.ts";
import type { Share } from "../compact/share.ts";
import type { COMPACT } from "./compact-table.ts";
import { JsonOutput } from "./json-output.ts";
import { existingStoreOf } from "./open-store.ts";
import { withRecordsApart } from "../store/records-apart.ts";

/** Runs `rerun-ts compact`. @throws {UsageError} if the command line is wrong */
export async function compact(values: ValuesOf<typeof COMPACT>, context: CommandContext): Promise<void> {
  const { dataset, recording: recordingIds, "keep-days": keepDays, "keep-bytes": keepBytes, unit } = values;
  const { "dry-run": dryRun, json: isJson } = values;
  const share = shareOf(values.share, context);
  const store = withRecordsApart(await existingStoreOf("STORE", values.positionals[0] ?? "", values, context));
  const ended = new AbortController();
  // A second signal ends the process immediately.
  for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => ended.abort());
  const common = { dataset, recordingIds, share, dryRun, signal: ended.signal };
  const output = isJson ? new JsonOutput(context) : undefined;
  let status = `Looking for parts of ${dataset}`;
  const hideStatus = context.showStatus(() => status);
  const print = (list: string, value: unknown, text: string): void => {
    status = text;
    if (output === undefined) context.print(text);
    else output.item(list, value);
  };
  try {
    output?.list("removed");
    const onRemoved = (each: RemovedParts): void => print("removed", each, describeRemoved(each, dryRun));
    // What is removed need not be compacted.
    const isRemoving = keepDays !== undefined || keepBytes !== undefined;
    const removal = isRemoving
      ? await removeOldParts(store, { ...common, keepDays, keepBytes, unit, onRemoved })
      : undefined;
    output?.list("compacted");
    const report = await compactParts(store, {
      ...common,
      concurrency: values.concurrency,
      maxBytes: values["max-bytes"],
      minParts: values["min-parts"],
      deleteAfterSeconds: values["delete-after"],
      temporaryFolder: values["temporary-folder"],
      onCompacted: (group) => print("compacted", group, describeCompacted(group, dryRun)),
      onDeleted: (key) => {
        if (dryRun && !isJson) context.print(`would delete ${key}`);
      },
    });
    hideStatus();
    const failed = [...(removal?.failed ?? []), ...report.failed];
    const { compacted: _, ...rest } = report;
    if (output === undefined) show({ ...report, failed }, dryRun, context);
    else output.end({ ...rest, failed });
    if (failed.length > 0) process.exitCode = 1;
  } catch (error) {
    // The document has begun.
    output?.end({ error: messageOf(error) });
    throw error;
  } finally {
    hideStatus();
  }
}

/** A share such as `2/8`. @throws {UsageError} */
function shareOf(text: string | undefined, { usageError }: CommandContext): Share | undefined {
  if (text === undefined) return undefined;
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  const share = { index: Number(index), count: Number(count) };
  if (share.index >= 1 && share.index <= share.count) return share;
  throw usageError(`\`--share\` must be a number and the number of shares, such as 2/8, got ${JSON.stringify(text)}`);
}

function show(
  { compacted, deleted, folded, leftOut, failed, warnings }: CompactReport,
  dryRun: boolean,
  context: CommandContext,
): void {
  for (const { key, reason } of leftOut) context.warn(`${key} stays as it is: ${reason}`);
  for (const { recordingId, error } of failed) context.warn(`${recordingId}: ${error.message}`);
  for (const warning of warnings) context.warn(warning);
  const would = dryRun ? "would be " : "";
  const joined = folded === 0 ? "" : `, ${folded} records ${would}joined`;
  context.print(
    `${compacted.parts} parts ${would}compacted to ${compacted.groups}, ` +
      `${deleted.objects} objects ${would}deleted (${describeBytes(deleted.bytes)})${joined}`,
  );
}

function describeCompacted({ recordingId, bytes, replaced, replacedBytes }: CompactedParts, dryRun: boolean): string {
  const to = dryRun ? "" : ` to ${describeBytes(bytes)}`;
  return `${dryRun ? "would compact" : "compacted"} ${replaced.length} parts of ${recordingId}, ${describeBytes(replacedBytes)}${to}`;
}

function describeRemoved({ recordingId, isWhole, keys, bytes, newest }: RemovedParts, dryRun: boolean): string {
  const what = isWhole ? recordingId : `${keys.length} parts of ${recordingId}`;
  const verb = dryRun ? "would remove" : "removed";
  return `${verb} ${what}, ${describeBytes(bytes)}, last written ${newest.toISOString()}`;
}
