import { messageOf } from "@rerun-ts/core/checks";
import { isUsageError } from "./command/arguments.ts";

/** The flags of each command, by the options of the functions that it calls. */
const FLAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  serve: {
    port: "--port",
    bindIp: "--bind",
    serverMemoryLimit: "--memory-limit",
    writeToken: "--write-token",
    readToken: "--read-token",
    corsAllowOrigin: "--cors-allow-origin",
    allowHosts: "--allow-host",
    "tls.key": "--tls-key",
    "tls.cert": "--tls-cert",
    webPort: "--web-viewer-port",
    url: "--from",
    to: "--to",
    dataset: "--dataset",
  },
  ingest: {
    url: "--from",
    dataset: "--dataset",
    partitions: "--partitions",
    maxBytes: "--max-bytes",
    maxSeconds: "--max-seconds",
    ackSeconds: "--ack-seconds",
    bundles: "--no-bundles",
    maxMemoryBytes: "--max-memory",
  },
  compact: {
    dataset: "--dataset",
    share: "--share",
    concurrency: "--concurrency",
    maxBytes: "--max-bytes",
    minParts: "--min-parts",
    temporaryFolder: "--temporary-folder",
    deleteAfterSeconds: "--delete-after",
    keepDays: "--keep-days",
    keepBytes: "--keep-bytes",
  },
  view: { webPort: "--port", bindIp: "--bind", allowHosts: "--allow-host", assets: "--assets" },
  rrd: {
    index: "--index",
    contents: "--contents",
    columns: "--columns",
    usingIndexValues: "--at",
    "range.from": "--from",
    "range.to": "--to",
    timeline: "--timeline",
    times: "--time",
    parts: "--num-parts",
    dropTimelines: "--drop-timeline",
    dropEntities: "--drop-entity",
    recordingId: "--recording-id",
    recordingIdPrefix: "--recording-id",
    applicationId: "--application-id",
    batchRows: "--batch-rows",
    profile: "--profile",
    maxBytes: "--max-size",
    maxRows: "--max-rows",
    maxRowsIfUnsorted: "--max-rows-if-unsorted",
    splitSizeRatio: "--split-size-ratio",
  },
  catalog: {
    index: "--index",
    contents: "--contents",
    columns: "--columns",
    segments: "--segment",
    usingIndexValues: "--at",
    "range.from": "--from",
    "range.to": "--to",
    batchRows: "--batch-rows",
    layerName: "--layer",
    onDuplicate: "--on-duplicate",
    key: "--key",
  },
  mcap: {
    decoders: "--decoder",
    timelineType: "--timeline-type",
    timeOffset: "--timestamp-offset-ns",
    includeTopics: "--include-topic-regex",
    excludeTopics: "--exclude-topic-regex",
    startTime: "--start-time",
    endTime: "--end-time",
    recordingId: "--recording-id",
    applicationId: "--application-id",
    timeline: "--timeline",
  },
};

/**
 * The message of an error. If it is about an option of a function that the command calls, the message names the flag of
 * that option instead.
 */
export function describeWithFlag(command: string, error: unknown): string {
  const message = messageOf(error);
  const argument = argumentOf(error);
  const flag = argument === undefined ? undefined : FLAGS[command]?.[argument];
  if (flag === undefined) return message;
  const name = `\`${argument}\``;
  return message.includes(name) ? message.replaceAll(name, `\`${flag}\``) : `\`${flag}\`: ${message}`;
}

/** The argument at fault: a `RerunError` names it, and so do the `TypeError`s of this SDK. */
function argumentOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { argument } = ((isUsageError(error) ? error.cause : error) ?? {}) as { readonly argument?: string };
  return argument;
}
