import { RerunError, type FlushResult, type RecordingOptions, type SetSinksOptions } from "@rerun-ts/core";
import { promisedBy } from "@rerun-ts/core/internal";
import { getGlobalRecording, init } from "../recording/global-recording.ts";
import type { RecordingStream } from "../recording/recording-stream.ts";
import type { SpawnOptions } from "../spawn/spawn-options.ts";
import { checkArgs, type RerunArgs } from "./arguments.ts";

/** Options of {@link scriptSetup}. */
export interface ScriptOptions extends RecordingOptions, SetSinksOptions {
  /** Whether wrong data is thrown instead of reported. Default `true`: a script should not go on with it. */
  strict?: boolean | undefined;
  /** How a viewer is started, if the flags say nothing else: on another port, say. */
  spawn?: Omit<SpawnOptions, "defaultBlueprint"> | undefined;
}

/**
 * Makes the global recording and does what the flags of {@link rerunArgOptions} say; of several the first counts:
 * `--stdout`, `--serve`, `--connect` or `--url`, `--save`, and else a viewer is started, unless `--headless` stands alone.
 * With `RERUN=off` in the environment nothing is logged and nothing started.
 *
 * Rejects like the mode that is chosen; with `UNSUPPORTED` for `--serve`, and with a `TypeError` if a value is wrong.
 *
 * @example
 * const { values } = parseArgs({ options: rr.rerunArgOptions });
 * const rec = await rr.scriptSetup(values, "helix");
 * rec.log("height", new rr.Scalars(1));
 * await rr.scriptTeardown(values);
 */
export async function scriptSetup(
  values: RerunArgs,
  applicationId: string,
  options: ScriptOptions = {},
): Promise<RecordingStream> {
  const args = checkArgs(values);
  const { defaultBlueprint, spawn, ...recordingOptions } = options;
  const recording = init(applicationId, { strict: true, ...recordingOptions });
  if (args.stdout === true) await recording.stdout({ defaultBlueprint });
  else if (args.serve === true) refuseToServe(recording);
  else if (args.connect === true || args.url !== undefined) await recording.connectGrpc(args.url, { defaultBlueprint });
  else if (args.save !== undefined) await recording.save(args.save, { defaultBlueprint });
  else if (args.spawn === true || args.headless !== true)
    await recording.spawn({ ...viewerOptions(args), ...spawn, defaultBlueprint });
  return recording;
}

/**
 * Ends a script: what was logged to the recording (default: the global one) leaves, and its sinks are closed. A recording
 * that is closed already stays so. Rejects like `disconnect`.
 */
export async function scriptTeardown(values: RerunArgs, recording?: RecordingStream): Promise<void> {
  checkArgs(values);
  await promisedBy(recording ?? getGlobalRecording(), (known): Promise<FlushResult> =>
    known.state === "closed" ? known.close() : known.disconnect(),
  );
}

/** What the flags say about the viewer's own server. */
function viewerOptions(args: RerunArgs): SpawnOptions {
  const extraArgs = args.bind === undefined ? [] : [`--bind=${args.bind}`];
  if (args["newest-first"] === true) extraArgs.push("--newest-first");
  return { serverMemoryLimit: args["server-memory-limit"], headless: args.headless, extraArgs };
}

/** As all modes a disabled recording ignores it. @throws {RerunError} `UNSUPPORTED` */
function refuseToServe({ enabled }: RecordingStream): void {
  if (!enabled) return;
  throw new RerunError(
    "UNSUPPORTED",
    "`--serve` is not there yet: programs cannot serve what they log; let `rerun --serve-grpc` do it, and send to it with `--connect`",
    { argument: "--serve" },
  );
}
