import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { callbackify } from "node:util";
import {
  checkObject,
  checkOptions,
  describeValue,
  messageOf,
  settled,
  withRerunErrors,
} from "@rerun-ts/core/integration";
import { RecordingStream } from "@rerun-ts/node";
import { RERUN_DESTINATION_OPTIONS, rerunDestination, type RerunDestinationOptions } from "./rerun-destination.ts";

/** Options of the transport `@rerun-ts/loggers/pino`. All of them can be passed to a worker. */
export interface RerunPinoOptions extends Omit<RerunDestinationOptions, "entityPath"> {
  /** The name of the application, as for `RecordingStream`. */
  applicationId: string;
  /** The id of the recording. Programs with the same id log to the same recording. Default: a random id. */
  recordingId?: string | undefined;
  /** The path of the `.rrd` file to write. */
  path: string;
  /** The entity of the lines. Default `"logs/pino"`. */
  entityPath?: string | readonly (string | number)[] | undefined;
}

/** All option names. Pino adds the last four. */
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
 * A transport for pino: creates a recording in pino's worker thread and saves it to `path`. The file is closed at the
 * end of the logger, at the latest at the end of the program.
 *
 * Rejects with `INVALID_ARGUMENT` if an option is wrong, and with `IO_ERROR` if the file cannot be written. Pino
 * reports both as an `error` event of the transport.
 *
 * @example
 * const transport = pino.transport({
 *   target: "@rerun-ts/loggers/pino",
 *   options: { applicationId: "my_app", path: "log.rrd" },
 * });
 * const logger = pino(transport);
 */
export function openPinoTransport(options: RerunPinoOptions): Promise<Writable> {
  return withRerunErrors(async () => {
    checkObject(options);
    warnAboutUnknown(options);
    const { applicationId, recordingId, path, entityPath, maxTextLength, timeline, messageKey, nameKeys } = options;
    if (typeof path !== "string")
      throw new TypeError(`\`path\` must be the path of a file, got ${describeValue(path)}`);
    const recording = new RecordingStream(applicationId, { recordingId });
    const destination = rerunDestination(recording, { entityPath, maxTextLength, timeline, messageKey, nameKeys });
    await recording.save(path);
    return lineStream(
      (lines) => destination.write(lines),
      // The recording reports a failure itself, and an `error` event of the logger would end the program.
      () => settled(recording.close()),
    );
  });
}

/** Warns only, because pino adds options, and later versions may add others. */
function warnAboutUnknown(options: object): void {
  try {
    checkOptions("@rerun-ts/loggers/pino", options, KNOWN);
  } catch (error) {
    console.warn(`[rerun] ${messageOf(error)}`);
  }
}

/** A stream that receives text in arbitrary pieces and passes on complete lines. */
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
