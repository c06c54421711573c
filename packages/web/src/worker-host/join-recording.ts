import { type RecordingOptions, RerunError } from "@rerun-ts/core";
import { checkOptions, withRerunErrors, type OptionNames, invalidArgument } from "@rerun-ts/core/checks";
import { RECORDING_OPTIONS } from "@rerun-ts/core/recording";
import { RecordingStream } from "../recording/recording-stream.ts";
import type { FromPort, JoinReply } from "./port-protocol.ts";
import { PortSink } from "./port-sink.ts";

/** Options of {@link joinRecording}: the options of a recording, and the limit of data in flight to the page. */
export interface JoinRecordingOptions extends Omit<
  RecordingOptions,
  "recordingId" | "sendProperties" | "recordingName"
> {
  /**
   * The largest number of bytes in flight to the page. Above it, older data is dropped for newer data, and counted.
   * Default 100 MiB.
   */
  maxQueueBytes?: number | undefined;
}

const { recordingId: _id, recordingName: _name, sendProperties: _properties, ...INHERITED } = RECORDING_OPTIONS;
const OPTIONS: OptionNames<JoinRecordingOptions> = { ...INHERITED, maxQueueBytes: 1 };
/** Longest time that the page may take to reply. */
const REPLY_MS = 10_000;

/**
 * Joins a recording of the page in a worker. The worker's data appears in the page's recording and goes to its sinks.
 * Times and `setTime` are the worker's own. `flush` waits for the sinks of the page, as there. `close` waits until the
 * page has the data. It ends the connection, not the page's recording.
 *
 * Rejects with `TIMEOUT` if the port does not come from `shareRecording`, or was closed.
 *
 * @param port the result of `shareRecording` in the page
 * @example
 * addEventListener("message", async ({ data }) => {
 *   const rec = await rr.joinRecording(data.port);
 *   rec.log("worker/status", new rr.TextLog("started"));
 * });
 */
export function joinRecording(port: MessagePort, options: JoinRecordingOptions = {}): Promise<RecordingStream> {
  return withRerunErrors(async () => {
    if (!isPort(port)) throw invalidArgument("port", "the MessagePort of `shareRecording`", port);
    checkOptions("joinRecording", options, OPTIONS);
    const { maxQueueBytes, ...rest } = options;
    const { applicationId, recordingId } = await joinReply(port);
    const recording = new RecordingStream(applicationId, { ...rest, recordingId, sendProperties: false });
    await recording.setSink(new PortSink(port, { maxQueueBytes }));
    return recording;
  });
}

function joinReply(port: MessagePort): Promise<JoinReply> {
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: MessageEvent<FromPort | JoinReply>): void => {
      if (data.type !== "joined") return;
      clearTimeout(timer);
      port.removeEventListener("message", onMessage);
      resolve(data);
    };
    const timer = setTimeout(() => {
      port.removeEventListener("message", onMessage);
      reject(new RerunError("TIMEOUT", `\`port\` did not reply within ${REPLY_MS} ms: is it from \`shareRecording\`?`));
    }, REPLY_MS);
    port.addEventListener("message", onMessage);
    port.start();
  });
}

/** Whether a value is a port, also of another window. */
function isPort(value: unknown): boolean {
  const { postMessage, start } = Object(value) as Partial<MessagePort>;
  return typeof postMessage === "function" && typeof start === "function";
}
