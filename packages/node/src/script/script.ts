import type { FlushResult, RecordingOptions, SetSinksOptions } from "@rerun-ts/core";
import { checkOptions, checkRecording, withRerunErrors, type OptionNames } from "@rerun-ts/core/checks";
import { RECORDING_OPTIONS, promisedBy } from "@rerun-ts/core/recording";
import { getGlobalRecording, init } from "../recording/global-recording.ts";
import { isOwnRecording, type RecordingStream } from "../recording/recording-stream.ts";
import type { GrpcServerSinkOptions } from "../relay/sink/grpc-server-options.ts";
import type { ServeGrpcOptions } from "../relay/sink/serve-grpc.ts";
import type { SpawnOptions } from "../spawn/spawn-options.ts";
import { SHUTDOWN_SIGNALS } from "../stdout/suspend-shutdown.ts";
import { checkArgs, type RerunArgs } from "./arguments.ts";

/** Options of {@link scriptSetup}. */
export interface ScriptOptions extends RecordingOptions, SetSinksOptions {
  /** Whether invalid data throws and stops the script, instead of being reported. Default `true`. */
  strict?: boolean | undefined;
  /** Options for starting a viewer, e.g. its port. The flags take precedence over them. */
  spawn?: Omit<SpawnOptions, "defaultBlueprint"> | undefined;
  /** Options for serving, e.g. the port. The flags take precedence over them. */
  serve?: GrpcServerSinkOptions | undefined;
}

const OPTIONS: OptionNames<ScriptOptions> = { ...RECORDING_OPTIONS, defaultBlueprint: 1, spawn: 1, serve: 1 };

/**
 * Creates the global recording and sets its sink according to the flags of {@link rerunArgOptions}. The first given one
 * of these counts: `--stdout`, `--serve`, `--connect` or `--url`, `--save`. Otherwise a viewer is started, unless
 * `--headless` is given without `--spawn`. With `RERUN=off` in the environment nothing is logged and nothing is
 * started.
 *
 * Rejects like the method of the chosen mode, and with `INVALID_ARGUMENT` if a value is wrong. With `--serve` the
 * process stays alive until {@link scriptTeardown} or until the recording is closed.
 *
 * @example
 * const { values } = parseArgs({ options: rr.rerunArgOptions });
 * const rec = await rr.scriptSetup(values, "helix");
 * rec.log("height", new rr.Scalars(1));
 * await rr.scriptTeardown(values);
 */
export function scriptSetup(
  values: RerunArgs,
  applicationId: string,
  options: ScriptOptions = {},
): Promise<RecordingStream> {
  return withRerunErrors(async () => {
    const args = checkArgs(values);
    checkOptions("scriptSetup", options, OPTIONS);
    const { defaultBlueprint, spawn, serve, ...recordingOptions } = options;
    const recording = init(applicationId, { strict: true, ...recordingOptions });
    if (args.stdout === true) await recording.stdout({ defaultBlueprint });
    else if (args.serve === true) await startServer(recording, { ...serve, ...serverOptions(args), defaultBlueprint });
    else if (args.connect === true || args.url !== undefined)
      await recording.connectGrpc(args.url, { defaultBlueprint });
    else if (args.save !== undefined) await recording.save(args.save, { defaultBlueprint });
    else if (args.spawn === true || args.headless !== true)
      await recording.spawn({ ...spawn, ...viewerOptions(args, spawn?.extraArgs), defaultBlueprint });
    return recording;
  });
}

/**
 * Ends a script: sends or writes the pending data of the recording (default: the global one), and closes its sinks.
 * With `--serve` it first waits for Ctrl-C, SIGTERM, or the end of the recording. Rejects like `disconnect`.
 *
 * @example
 * await rr.scriptTeardown(values);
 */
export function scriptTeardown(values: RerunArgs, recording?: RecordingStream): Promise<void> {
  return withRerunErrors(async () => {
    checkArgs(values);
    if (recording !== undefined) checkRecording(recording, "stats");
    await promisedBy(recording ?? getGlobalRecording(), async (known): Promise<FlushResult> => {
      if (values.serve === true && isOwnRecording(known) && known.enabled) await untilInterrupted(known);
      return known.state === "closed" ? known.close() : known.disconnect();
    });
  });
}

/** The options of the viewer that the flags set. @param extraArgs the arguments that the program gives the viewer */
function viewerOptions(args: RerunArgs, extraArgs: readonly string[] = []): SpawnOptions {
  const options: SpawnOptions = {};
  if (args["server-memory-limit"] !== undefined) options.serverMemoryLimit = args["server-memory-limit"];
  if (args.headless !== undefined) options.headless = args.headless;
  const flags: string[] = [];
  if (args.bind !== undefined) flags.push(`--bind=${args.bind}`);
  if (args["newest-first"] === true) flags.push("--newest-first");
  if (flags.length > 0) options.extraArgs = [...withoutFlags(extraArgs, flags), ...flags];
  return options;
}

/** The arguments without those that other flags replace, because the viewer rejects duplicate flags. */
function withoutFlags(args: readonly string[], replacing: readonly string[]): string[] {
  const names = new Set(replacing.map(nameOfFlag));
  return args.filter((arg, index) => {
    const isAddress = names.has("--bind") && args[index - 1] === "--bind";
    return !names.has(nameOfFlag(arg)) && !isAddress;
  });
}

function nameOfFlag(arg: string): string {
  return arg.split("=", 1)[0] as string;
}

/** The options of the server that the flags set. */
function serverOptions(args: RerunArgs): ServeGrpcOptions {
  const options: ServeGrpcOptions = {};
  if (args.bind !== undefined) options.bindIp = args.bind;
  if (args["server-memory-limit"] !== undefined) options.serverMemoryLimit = args["server-memory-limit"];
  if (args["newest-first"] !== undefined) options.newestFirst = args["newest-first"];
  return options;
}

/** Starts the server, and prints its URL. */
async function startServer(recording: RecordingStream, options: ServeGrpcOptions): Promise<void> {
  const { url } = await recording.serveGrpc(options);
  if (recording.enabled) console.warn(`[rerun] serving at ${url} until Ctrl-C; view with \`rerun ${url}\``);
}

/** Settles on SIGINT, SIGTERM or SIGHUP, or when the recording is no longer open. */
async function untilInterrupted(recording: RecordingStream): Promise<void> {
  const stop = new AbortController();
  await new Promise<void>((resolve) => {
    const finish = (): void => resolve();
    for (const signal of SHUTDOWN_SIGNALS) {
      process.once(signal, finish);
      stop.signal.addEventListener("abort", () => process.off(signal, finish));
    }
    const checkState = (): void => {
      if (recording.state !== "open") resolve();
    };
    recording.addEventListener("statechange", checkState, { signal: stop.signal });
    checkState();
  });
  stop.abort();
}
