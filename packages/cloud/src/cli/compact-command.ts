import { messageOf } from "@rerun-ts/core/checks";
import {
  SHUTDOWN_SIGNALS,
  UsageError,
  describeBytes,
  integerOf,
  numberOf,
  parseCommand,
  showStatus,
} from "@rerun-ts/node/parts";
import { compactParts, type CompactOptions } from "../compact/compact-parts.ts";
import type { CompactedParts } from "../compact/compact-recording.ts";
import type { CompactReport } from "../compact/compaction.ts";
import type { RemovedParts } from "../compact/plan-removal.ts";
import { removeOldParts, type RemoveOldPartsOptions } from "../compact/remove-old-parts.ts";
import { bytesOf } from "./bytes-of.ts";
import { STORE_FLAGS, existingStoreOf } from "./store-flags.ts";

const FLAGS = {
  ...STORE_FLAGS,
  dataset: { type: "string" },
  recording: { type: "string", multiple: true },
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
  /** Limits of old data; `undefined` if nothing is removed. */
  readonly retention: Pick<RemoveOldPartsOptions, "keepDays" | "keepBytes" | "unit"> | undefined;
  readonly options: Pick<CompactOptions, "maxBytes" | "minParts" | "deleteAfterSeconds" | "temporaryFolder">;
  readonly dryRun: boolean;
  readonly isJson: boolean;
}

/** Runs `rerun-ts compact`. @throws {UsageError} if the command line is wrong */
export async function compact(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const settings = check(values, positionals);
  const { dataset, recordingIds, retention, dryRun, isJson } = settings;
  const store = await existingStoreOf("STORE", settings.url, values);
  const ended = new AbortController();
  // A second signal ends the process at once.
  for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => ended.abort());
  const common = { dataset, recordingIds, dryRun, signal: ended.signal };
  // What is removed need not be compacted.
  const removed = retention === undefined ? [] : await removeOldParts(store, { ...common, ...retention });
  if (!isJson) for (const each of removed) console.log(describeRemoved(each, dryRun));
  let status = `Looking for parts of ${dataset}`;
  const hideStatus = showStatus(() => status);
  try {
    const report = await compactParts(store, {
      ...common,
      ...settings.options,
      onCompacted: (group) => {
        status = describeCompacted(group, false);
        if (!isJson) console.log(status);
      },
      onDeleted: (key) => {
        if (dryRun && !isJson) console.log(`would delete ${key}`);
      },
    });
    hideStatus();
    if (isJson) console.log(JSON.stringify({ removed, ...report }, jsonValue, 2));
    else show(report, dryRun);
    if (report.failed.length > 0) process.exitCode = 1;
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
  const { dataset = "", unit } = values;
  if (dataset === "") throw new UsageError("`--dataset` is required: its name");
  if (unit !== undefined && unit !== "recording" && unit !== "part")
    throw new UsageError(`\`--unit\` must be recording or part, got ${JSON.stringify(unit)}`);
  const keepDays = numberOf("--keep-days", values["keep-days"]);
  const keepBytes = bytesOf("--keep-bytes", values["keep-bytes"]);
  const isRetaining = keepDays !== undefined || keepBytes !== undefined;
  if (unit !== undefined && !isRetaining) throw new UsageError("`--unit` requires `--keep-days` or `--keep-bytes`");
  return {
    url,
    dataset,
    recordingIds: values.recording,
    retention: isRetaining ? { keepDays, keepBytes, unit } : undefined,
    options: {
      maxBytes: bytesOf("--max-bytes", values["max-bytes"]),
      minParts: integerOf("--min-parts", values["min-parts"]),
      deleteAfterSeconds: numberOf("--delete-after", values["delete-after"]),
      temporaryFolder: values["temporary-folder"],
    },
    dryRun: values["dry-run"] === true,
    isJson: values.json === true,
  };
}

function show({ compacted, deleted, leftOut, failed, warnings }: CompactReport, dryRun: boolean): void {
  if (dryRun) for (const group of compacted) console.log(describeCompacted(group, true));
  for (const { key, reason } of leftOut) console.error(`rerun-ts: ${key} stays as it is: ${reason}`);
  for (const { recordingId, error } of failed) console.error(`rerun-ts: ${recordingId}: ${error.message}`);
  for (const warning of warnings) console.error(`rerun-ts: ${warning}`);
  const parts = compacted.reduce((sum, { replaced }) => sum + replaced.length, 0);
  const would = dryRun ? "would be " : "";
  console.log(
    `${parts} parts ${would}compacted to ${compacted.length}, ` +
      `${deleted.objects} objects ${would}deleted (${describeBytes(deleted.bytes)})`,
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

/** Errors as their messages. */
function jsonValue(_: string, value: unknown): unknown {
  return value instanceof Error ? messageOf(value) : value;
}
