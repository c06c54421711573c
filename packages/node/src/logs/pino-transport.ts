import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { callbackify } from "node:util";
import { describeUnknown, describeValue } from "@rerun-ts/core/internal";
import { RecordingStream } from "../recording/recording-stream.ts";
import { RERUN_DESTINATION_OPTIONS, rerunDestination, type RerunDestinationOptions } from "./rerun-destination.ts";

/** Options of the transport: all can be sent to a worker, so that paths are texts. */
export interface RerunPinoOptions extends Omit<RerunDestinationOptions, "entityPath"> {
  /** Names the application, as for `RecordingStream`. */
  applicationId: string;
  /** Programs that log with the same id log into one recording. Default: a new one. */
  recordingId?: string | undefined;
  /** The file that is written. */
  path: string;
  /** Where the lines are logged. Default `"logs/pino"`. */
  entityPath?: string | readonly (string | number)[] | undefined;
}

/** The last ones are pino's own. */
const KNOWN: Readonly<Record<string, 1>> = {
  applicationId: 1,
  recordingId: 1,
  path: 1,
  ...RERUN_DESTINATION_OPTIONS,
  $context: 1,
  pinoWillSendConfig: 1,
  levels: 1,
  dedupe: 1,
};

/**
 * A transport of pino: makes a recording in pino's worker thread, saves it to `path`, and closes it when the logger
 * ends, which it also does when the program ends.
 *
 * @throws {TypeError} if an option is wrong, {@link RerunError} `FILE` if the file cannot be written; pino has both as
 *   an `error` event of the transport.
 *
 * @example
 * const transport = pino.transport({
 *   target: "@rerun-ts/node/pino",
 *   options: { applicationId: "my_app", path: "log.rrd" },
 * });
 * const logger = pino(transport);
 */
export async function openPinoTransport(options: RerunPinoOptions): Promise<Writable> {
  const { applicationId, recordingId, path, entityPath, maxTextLength, timeline, messageKey, nameKeys } = options;
  if (typeof path !== "string") throw new TypeError(`\`path\` must be the path of a file, got ${describeValue(path)}`);
  const recording = new RecordingStream(applicationId, { recordingId });
  const destination = rerunDestination(recording, { entityPath, maxTextLength, timeline, messageKey, nameKeys });
  const notice = describeUnknown("@rerun-ts/node/pino", options, KNOWN);
  if (notice !== undefined) console.warn(`[rerun] ${notice}`);
  await recording.save(path);
  return lineStream(
    (lines) => destination.write(lines),
    // The recording has told of a failure; an error of a logger would end the program.
    () => recording.close().catch(() => {}),
  );
}

/** Takes text in any pieces and hands on whole lines. */
function lineStream(writeLines: (lines: string) => void, close: () => Promise<unknown>): Writable {
  const decoder = new StringDecoder();
  let remainder = "";
  return new Writable({
    decodeStrings: false,
    write(piece: string | Buffer, _encoding, done): void {
      const text = remainder + (typeof piece === "string" ? piece : decoder.write(piece));
      const end = text.lastIndexOf("\n") + 1;
      remainder = text.slice(end);
      writeLines(text.slice(0, end));
      done();
    },
    final: callbackify(async () => {
      writeLines(remainder);
      await close();
    }),
  });
}
