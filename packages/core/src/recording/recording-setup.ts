import { checkBatcherConfig, type BatcherConfig } from "../batch/batcher-config.ts";
import type { Compression } from "../compress/compression.ts";
import { describeValue } from "../describe-value.ts";
import { checked } from "../invalid-value.ts";
import { describeUnknown, notNegative } from "../options.ts";
import { randomId } from "../random-id.ts";
import type { Int64 } from "../time/int64.ts";
import { resolveTimestamp, type TimestampLike } from "../time/time-value.ts";
import { normalizeApplicationId } from "./application-id.ts";
import type { RecordingHost, RecordingOptions } from "./recording-options.ts";

const OPTIONS: Readonly<Record<keyof RecordingOptions, 1>> = {
  recordingId: 1,
  recordingName: 1,
  startTime: 1,
  enabled: 1,
  defaultEnabled: 1,
  sendProperties: 1,
  strict: 1,
  logTime: 1,
  logTick: 1,
  batcher: 1,
  compression: 1,
  maxBacklogBytes: 1,
  onWarning: 1,
  onError: 1,
};

/** A recording's options with all defaults filled in. */
export interface RecordingSetup {
  readonly applicationId: string;
  readonly recordingId: string;
  readonly recordingName: string | undefined;
  readonly startTime: Int64 | undefined;
  readonly enabled: boolean;
  readonly sendProperties: boolean;
  readonly strict: boolean;
  readonly logTime: boolean;
  readonly logTick: boolean;
  /** The user's own batching; absent if the sinks and the environment decide. */
  readonly batcher: Partial<BatcherConfig> | undefined;
  /** What the host adds to the batching that the sinks want. */
  readonly hostBatcher: Partial<BatcherConfig>;
  readonly compression: Compression;
  readonly maxBacklogBytes: number;
  readonly onWarning: RecordingOptions["onWarning"];
  readonly onError: RecordingOptions["onError"];
  /** What users should be told. */
  readonly notices: readonly string[];
}

/** Checks a recording's arguments and asks the host for settings. @throws {TypeError} that names the argument. */
export function setUpRecording(applicationId: string, options: RecordingOptions, host: RecordingHost): RecordingSetup {
  if (typeof applicationId !== "string" || applicationId === "") {
    throw new TypeError(`\`applicationId\` must be a text that is not empty, got ${describeValue(applicationId)}`);
  }
  const notices: string[] = [];
  const normalized = normalizeApplicationId(applicationId);
  if (normalized !== applicationId) {
    notices.push(
      `the application id ${JSON.stringify(applicationId)} has characters that Rerun does not allow, or is too long; it becomes "${normalized}"`,
    );
  }
  const unknown = describeUnknown("a recording", options, OPTIONS);
  if (unknown !== undefined) notices.push(unknown);
  const {
    recordingId = randomId(),
    recordingName,
    startTime,
    enabled,
    defaultEnabled = true,
    sendProperties = true,
    strict,
    logTime,
    logTick,
    batcher,
    compression = "auto",
    maxBacklogBytes = host.maxBacklogBytes,
    onWarning,
    onError,
  } = options;
  checkText("recordingId", recordingId);
  if (recordingName !== undefined) checkText("recordingName", recordingName);
  if (compression !== "auto" && compression !== "lz4" && compression !== "none") {
    throw new TypeError(`\`compression\` must be "auto", "lz4" or "none", got ${describeValue(compression)}`);
  }
  const settings = host.settings?.((message) => void notices.push(message)) ?? {};
  return {
    applicationId: normalized,
    recordingId,
    recordingName,
    startTime: startTime === undefined ? undefined : readStartTime(startTime),
    enabled: enabled ?? settings.enabled ?? defaultEnabled,
    strict: strict ?? settings.strict ?? false,
    logTime: logTime ?? settings.logTime ?? true,
    logTick: logTick ?? settings.logTick ?? false,
    sendProperties,
    batcher: batcher === undefined ? undefined : checkBatcherConfig(batcher),
    hostBatcher: settings.batcher ?? {},
    compression,
    maxBacklogBytes: notNegative("maxBacklogBytes", maxBacklogBytes),
    onWarning,
    onError,
    notices,
  };
}

function readStartTime(startTime: TimestampLike): Int64 {
  const out: Int64 = { lo: 0, hi: 0 };
  checked("startTime", () => resolveTimestamp(startTime, out));
  return out;
}

function checkText(argument: string, value: unknown): void {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(`\`${argument}\` must be a text that is not empty, got ${describeValue(value)}`);
  }
}
