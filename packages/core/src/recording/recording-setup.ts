import { checkBatcherConfig, type BatcherConfig } from "../batch/batcher-config.ts";
import type { Compression } from "../compress/compression.ts";
import { checkOptions } from "../checks/check-arguments.ts";
import { checked, invalidArgument } from "../checks/invalid-value-error.ts";
import { nonNegative, type OptionNames } from "../checks/option-names.ts";
import { randomId } from "../bytes/random-id.ts";
import { MAX_RETAINED_BYTES } from "../sink/retained-messages.ts";
import type { Int64 } from "../time/int64.ts";
import { resolveTimestamp, type TimestampLike } from "../time/time-value.ts";
import { normalizeApplicationId } from "./application-id.ts";
import type { PlatformHooks, RecordingOptions } from "./recording-options.ts";

export const RECORDING_OPTIONS: OptionNames<RecordingOptions> = {
  recordingId: 1,
  recordingName: 1,
  startTime: 1,
  enabled: "boolean",
  defaultEnabled: "boolean",
  sendProperties: "boolean",
  strict: "boolean",
  logTime: "boolean",
  logTick: "boolean",
  batcher: 1,
  compression: 1,
  maxBacklogBytes: 1,
  maxRetainedBytes: 1,
  onWarning: "function",
  onError: "function",
};

/**
 * The checked options of a recording, with all defaults.
 *
 * Options take precedence over the settings of the platform, and these over the defaults. A setup is created before all
 * other parts of the recording, so that an invalid option leaves nothing behind. Warnings wait in `notices` until the
 * recording has a reporter.
 */
export interface RecordingSetup {
  /** The normalised application id. */
  readonly applicationId: string;
  readonly recordingId: string;
  readonly recordingName?: string | undefined;
  readonly startTime: Int64 | undefined;
  readonly enabled: boolean;
  readonly sendProperties: boolean;
  readonly strict: boolean;
  readonly logTime: boolean;
  readonly logTick: boolean;
  /** The user's batching, absent if the sinks and the platform decide. */
  readonly batcher: Partial<BatcherConfig> | undefined;
  /** The batching that the platform has set, which overrides the preference of the sinks. */
  readonly hostBatcher: Partial<BatcherConfig>;
  readonly compression: Compression;
  readonly maxBacklogBytes: number;
  readonly maxRetainedBytes: number;
  readonly onWarning?: RecordingOptions["onWarning"];
  readonly onError?: RecordingOptions["onError"];
  /** Warnings about the options and settings, to be reported. */
  readonly notices: readonly string[];
}

/**
 * Checks the arguments of a recording and applies the settings of the platform.
 *
 * @throws {TypeError} naming the argument.
 */
export function setUpRecording(applicationId: string, options: RecordingOptions, hooks: PlatformHooks): RecordingSetup {
  checkString("applicationId", applicationId);
  checkOptions("RecordingStream", options, RECORDING_OPTIONS);
  const notices: string[] = [];
  const normalized = normalizeApplicationId(applicationId);
  if (normalized !== applicationId) {
    notices.push(
      `the application id ${JSON.stringify(applicationId)} is too long or contains characters that Rerun does not allow; it is changed to "${normalized}"`,
    );
  }
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
    maxBacklogBytes = hooks.maxBacklogBytes,
    maxRetainedBytes = MAX_RETAINED_BYTES,
  } = options;
  checkString("recordingId", recordingId);
  if (recordingName !== undefined) checkString("recordingName", recordingName);
  if (compression !== "auto" && compression !== "lz4" && compression !== "none") {
    throw invalidArgument("compression", '"auto", "lz4" or "none"', compression);
  }
  const settings = hooks.settings?.((message) => void notices.push(message)) ?? {};
  return {
    ...options,
    applicationId: normalized,
    recordingId,
    startTime: startTime === undefined ? undefined : readStartTime(startTime),
    enabled: enabled ?? settings.enabled ?? defaultEnabled,
    strict: strict ?? settings.strict ?? false,
    logTime: logTime ?? settings.logTime ?? true,
    logTick: logTick ?? settings.logTick ?? false,
    sendProperties,
    batcher: batcher === undefined ? undefined : checkBatcherConfig(batcher),
    hostBatcher: settings.batcher ?? {},
    compression,
    maxBacklogBytes: nonNegative("maxBacklogBytes", maxBacklogBytes),
    maxRetainedBytes: nonNegative("maxRetainedBytes", maxRetainedBytes),
    notices,
  };
}

function readStartTime(startTime: TimestampLike): Int64 {
  const out: Int64 = { lo: 0, hi: 0 };
  checked("startTime", () => resolveTimestamp(startTime, out));
  return out;
}

function checkString(argument: string, value: unknown): void {
  if (typeof value !== "string" || value === "") {
    throw invalidArgument(argument, "a non-empty string", value);
  }
}
