import type { RecordingSink } from "../sink/sink.ts";
import type { SetSinksOptions } from "./recording-options.ts";
import { checkLimits } from "./deadline.ts";
import type { RecordingStream } from "./recording-stream.ts";
import { waitForConnection, type WaitForConnectionOptions } from "./wait-for-connection.ts";

/** Options of all calls that let a recording send to a server. */
export interface ConnectOptions extends SetSinksOptions, WaitForConnectionOptions {}

/**
 * Lets a recording send to a server, and waits for the connection if the options say so. The sink is set before the
 * call returns its promise. Rejects with `TIMEOUT` or `ABORTED` while waiting, with the error of `createSink`, or with
 * the error that broke the sink.
 */
export async function connectSink<Options extends ConnectOptions>(
  recording: RecordingStream,
  options: Options,
  createSink: (options: Omit<Options, keyof ConnectOptions>) => RecordingSink & { readonly url: string },
): Promise<void> {
  checkLimits(options);
  const {
    defaultBlueprint,
    waitForConnection: _wait,
    timeoutMs: _timeoutMs,
    signal: _signal,
    ...sinkOptions
  } = options;
  const sink = createSink(sinkOptions);
  await recording.setSink(sink, { defaultBlueprint });
  // A sink that sends to the server already stays in place of the new one.
  const inUse = (recording.sinks as readonly RecordingSink[]).find(({ key }) => key === sink.key) ?? sink;
  await waitForConnection(recording, inUse, sink.url, options);
}
