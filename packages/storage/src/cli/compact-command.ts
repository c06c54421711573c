import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";
import { UsageError, integerOf, numberOf, parseCommand, showStatus } from "rerun-ts/command";
import { describeBytes } from "@rerun-ts/node/files";
import { compactParts, type CompactOptions } from "../compact/compact-parts.ts";
import type { CompactedParts } from "../compact/compact-recording.ts";
import type { CompactReport } from "../compact/compaction.ts";
import type { RemovedParts } from "../compact/plan-removal.ts";
import { removeOldParts, type RemoveOldPartsOptions } from "../compact/remove-old-parts.ts";
import type { Share } from "../compact/share.ts";
import { bytesOf } from "./bytes-of.ts";
import { JsonOutput } from "./json-output.ts";
import { STORE_FLAGS, existingStoreOf } from "./store-flags.ts";

const FLAGS = {
  ...STORE_FLAGS,
  dataset: { type: "string" },
  recording: { type: "string", multiple: true },
  share: { type: "string" },
  concurrency: { type: "string" },
  "max-bytes": { type: "string" },
  "min-parts": { type: "string" },
  "delete-after": { type: "string" },
  "keep-days": { type: "string" },
  "keep-bytes": { type: "string" },
  unit: { type: "string" },
  "temporary-folder": { type: "string" },
  "dry-run": { type: "boolean" },
  json: { type: "boolean" },
} as const;

/** A checked command line. */
interface CompactArguments {
  readonly url: string;
  readonly dataset: string;
  readonly recordingIds: readonly string[] | undefined;
  readonly share: Share | undefined;
  /** Limits of old data; `undefined` if nothing is removed. */
  readonly retention: Pick<RemoveOldPartsOptions, "keepDays" | "keepBytes" | "unit"> | undefined;
  readonly options: Pick<
    CompactOptions,
    "concurrency" | "maxBytes" | "minParts" | "deleteAfterSeconds" | "temporaryFolder"
  >;
  readonly dryRun: boolean;
  readonly isJson: boolean;
}

/** Runs `rerun-ts compact`. @throws {UsageError} if the command line is wrong */
export async function compact(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const settings = check(values, positionals);
  const { dataset, recordingIds, share, retention, dryRun, isJson } = settings;
  const store = await existingStoreOf("STORE", settings.url, values);
  const ended = new AbortController();
  // A second signal ends the process at once.
  for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => ended.abort());
  const common = { dataset, recordingIds, share, dryRun, signal: ended.signal };
  const output = isJson ? new JsonOutput() : undefined;
  let status = `Looking for parts of ${dataset}`;
  const hideStatus = showStatus(() => status);
  const print = (list: string, value: unknown, text: string): void => {
    status = text;
    if (output === undefined) console.log(text);
    else output.item(list, value);
  };
  try {
    output?.list("removed");
    const onRemoved = (each: RemovedParts): void => print("removed", each, describeRemoved(each, dryRun));
    // What is removed need not be compacted.
    const removal = retention && (await removeOldParts(store, { ...common, ...retention, onRemoved }));
    output?.list("compacted");
    const report = await compactParts(store, {
      ...common,
      ...settings.options,
      onCompacted: (group) => print("compacted", group, describeCompacted(group, dryRun)),
      onDeleted: (key) => {
        if (dryRun && !isJson) console.log(`would delete ${key}`);
      },
    });
    hideStatus();
    const failed = [...(removal?.failed ?? []), ...report.failed];
    const { compacted: _, ...rest } = report;
    if (output === undefined) show({ ...report, failed }, dryRun);
    else output.end({ ...rest, failed });
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    hideStatus();
  }
}

function parse(args: string[]): ReturnType<typeof parseCommand<typeof FLAGS>> {
  return parseCommand(args, FLAGS);
}

/** @throws {UsageError} if the command line is wrong */
function check(values: ReturnType<typeof parse>["values"], positionals: readonly string[]): CompactArguments {
  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0)
    throw new UsageError("`compact` requires one STORE: s3://BUCKET/PREFIX, or a folder");
  const { dataset = "", unit, recording: recordingIds } = values;
  if (dataset === "") throw new UsageError("`--dataset` is required: its name");
  if (unit !== undefined && unit !== "recording" && unit !== "part")
    throw new UsageError(`\`--unit\` must be recording or part, got ${JSON.stringify(unit)}`);
  const keepDays = numberOf("--keep-days", values["keep-days"]);
  const keepBytes = bytesOf("--keep-bytes", values["keep-bytes"]);
  const isRetaining = keepDays !== undefined || keepBytes !== undefined;
  if (unit !== undefined && !isRetaining) throw new UsageError("`--unit` requires `--keep-days` or `--keep-bytes`");
  const share = shareOf(values.share);
  if (share !== undefined && recordingIds !== undefined)
    throw new UsageError("`--share` and `--recording` exclude each other: a share is one of all recordings");
  return {
    url,
    dataset,
    recordingIds,
    share,
    retention: isRetaining ? { keepDays, keepBytes, unit } : undefined,
    options: {
      concurrency: integerOf("--concurrency", values.concurrency),
      maxBytes: bytesOf("--max-bytes", values["max-bytes"]),
      minParts: integerOf("--min-parts", values["min-parts"]),
      deleteAfterSeconds: numberOf("--delete-after", values["delete-after"]),
      temporaryFolder: values["temporary-folder"],
    },
    dryRun: values["dry-run"] === true,
    isJson: values.json === true,
  };
}

/** A share such as `2/8`. @throws {UsageError} */
function shareOf(text: string | undefined): Share | undefined {
  if (text === undefined) return undefined;
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  const share = { index: Number(index), count: Number(count) };
  if (share.index >= 1 && share.index <= share.count) return share;
  throw new UsageError(
    `\`--share\` must be a number and the number of shares, such as 2/8, got ${JSON.stringify(text)}`,
  );
}

function show({ compacted, deleted, folded, leftOut, failed, warnings }: CompactReport, dryRun: boolean): void {
  for (const { key, reason } of leftOut) console.error(`rerun-ts: ${key} stays as it is: ${reason}`);
  for (const { recordingId, error } of failed) console.error(`rerun-ts: ${recordingId}: ${error.message}`);
  for (const warning of warnings) console.error(`rerun-ts: ${warning}`);
  const would = dryRun ? "would be " : "";
  const joined = folded === 0 ? "" : `, ${folded} records ${would}joined`;
  console.log(
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
