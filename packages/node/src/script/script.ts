import type { FlushResult, RecordingOptions, SetSinksOptions } from "@rerun-ts/core";
import { promisedBy } from "@rerun-ts/core/internal";
import { getGlobalRecording, init } from "../recording/global-recording.ts";
import { RecordingStream } from "../recording/recording-stream.ts";
import type { GrpcServerSinkOptions } from "../relay/grpc-server-options.ts";
import type { ServeGrpcOptions } from "../relay/serve-grpc.ts";
import type { SpawnOptions } from "../spawn/spawn-options.ts";
import { checkArgs, type RerunArgs } from "./arguments.ts";

/** Options of {@link scriptSetup}. */
export interface ScriptOptions extends RecordingOptions, SetSinksOptions {
  /** Whether wrong data is thrown instead of reported. Default `true`: a script should not go on with it. */
  strict?: boolean | undefined;
  /** How a viewer is started, if the flags say nothing else: on another port, say. */
  spawn?: Omit<SpawnOptions, "defaultBlueprint"> | undefined;
  /** How it is served, if the flags say nothing else: on another port, say. */
  serve?: GrpcServerSinkOptions | undefined;
}

/**
 * Makes the global recording and does what the flags of {@link rerunArgOptions} say; of several the first counts:
 * `--stdout`, `--serve`, `--connect` or `--url`, `--save`, and else a viewer is started, unless `--headless` stands alone.
 * With `RERUN=off` in the environment nothing is logged and nothing started.
 *
 * Rejects like the mode that is chosen, and with a `TypeError` if a value is wrong. With `--serve` the program runs on until
 * `scriptTeardown`, or the recording's end.
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
  const { defaultBlueprint, spawn, serve, ...recordingOptions } = options;
  const recording = init(applicationId, { strict: true, ...recordingOptions });
  if (args.stdout === true) await recording.stdout({ defaultBlueprint });
  else if (args.serve === true) await startServer(recording, { ...serve, ...serverOptions(args), defaultBlueprint });
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
  await promisedBy(recording ?? getGlobalRecording(), async (known): Promise<FlushResult> => {
    if (values.serve === true && known instanceof RecordingStream && known.enabled) await untilInterrupted(known);
    return known.state === "closed" ? known.close() : known.disconnect();
  });
}

/** What the flags say about the viewer's own server. */
function viewerOptions(args: RerunArgs): SpawnOptions {
  const extraArgs = args.bind === undefined ? [] : [`--bind=${args.bind}`];
  if (args["newest-first"] === true) extraArgs.push("--newest-first");
  return { serverMemoryLimit: args["server-memory-limit"], headless: args.headless, extraArgs };
}

/** What the flags say about the server. */
function serverOptions(args: RerunArgs): ServeGrpcOptions {
  const options: ServeGrpcOptions = {};
  if (args.bind !== undefined) options.bindIp = args.bind;
  if (args["server-memory-limit"] !== undefined) options.serverMemoryLimit = args["server-memory-limit"];
  if (args["newest-first"] !== undefined) options.newestFirst = args["newest-first"];
  return options;
}

/** Serves, and says where. */
async function startServer(recording: RecordingStream, options: ServeGrpcOptions): Promise<void> {
  const { url } = await recording.serveGrpc(options);
  if (recording.enabled) console.warn(`[rerun] serving at ${url} until Ctrl-C: view it with \`rerun ${url}\``);
}

/** Settles when the user wants the program to end, or nothing is served any more. */
async function untilInterrupted(recording: RecordingStream): Promise<void> {
  const stop = new AbortController();
  await new Promise<void>((resolve) => {
    const finish = (): void => resolve();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, finish);
      stop.signal.addEventListener("abort", () => process.off(signal, finish));
    }
    const look = (): void => {
      if (recording.state !== "open") resolve();
    };
    recording.addEventListener("statechange", look, { signal: stop.signal });
    look();
  });
  stop.abort();
}
