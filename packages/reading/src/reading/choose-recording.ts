import { RerunError } from "@rerun-ts/core";
import { checkOptions, type OptionNames, invalidArgument } from "@rerun-ts/core/checks";
import type { RecordingInfo } from "./recording-info.ts";

/** The choice of a recording or blueprint of a file. All given properties must be equal. */
export interface RecordingChoice {
  /** Its id. Default: any. */
  recordingId?: string | undefined;
  /** The application id, because recordings of two applications may have the same id. Default: any. */
  applicationId?: string | undefined;
  /** Kind of store. Default: a recording, or a blueprint if no recording fits. */
  kind?: "recording" | "blueprint" | undefined;
  /** Not compared. It is present because an element of `RrdFile.recordings` has it. */
  source?: string | undefined;
}

const KNOWN: OptionNames<RecordingChoice> = { recordingId: 1, applicationId: 1, kind: 1, source: 1 };

/**
 * Finds a recording or blueprint.
 * @throws {TypeError} if `which` is wrong
 * @throws {RerunError} `NOT_FOUND` if there is none, `INVALID_ARGUMENT` if there are several
 */
export function chooseRecording<Reader extends { readonly info: RecordingInfo }>(
  readers: readonly Reader[],
  which: string | RecordingChoice | undefined,
): Reader {
  const { recordingId, applicationId, kind } = choiceOf(which);
  const fitting = readers.filter(
    ({ info }) =>
      (recordingId ?? info.recordingId) === info.recordingId &&
      (applicationId ?? info.applicationId) === info.applicationId &&
      (kind ?? info.kind) === info.kind,
  );
  const recordings = fitting.filter(({ info }) => info.kind === "recording");
  // A choice without any property selects a recording, not a blueprint.
  const isOpen = recordingId === undefined && applicationId === undefined && kind === undefined;
  const candidates = recordings.length > 0 || isOpen ? recordings : fitting;
  const [first, second] = candidates;
  if (first === undefined) {
    const what = isOpen ? "no recording" : `no recording ${describeChoice(which)}`;
    throw new RerunError("NOT_FOUND", `the file has ${what}; it has: ${listOf(readers, applicationId)}`);
  }
  if (second === undefined) return first;
  const argument = recordingId === undefined ? "recordingId" : "applicationId";
  const what = isOpen ? "" : ` that fit ${describeChoice(which)}`;
  throw new RerunError(
    "INVALID_ARGUMENT",
    `the file has ${candidates.length} ${first.info.kind}s${what}; choose one by \`${argument}\`; it has: ${listOf(candidates, applicationId)}`,
    { argument },
  );
}

function choiceOf(which: string | RecordingChoice | undefined): RecordingChoice {
  if (which === undefined) return {};
  if (typeof which === "string") return { recordingId: which };
  if (typeof which !== "object" || which === null)
    throw invalidArgument("recording", "an id, or an object { recordingId, applicationId, kind }", which);
  checkOptions("recording", which, KNOWN);
  for (const name of ["recordingId", "applicationId"] as const) {
    if (which[name] !== undefined && typeof which[name] !== "string")
      throw invalidArgument(name, "a string", which[name]);
  }
  if (which.kind !== undefined && which.kind !== "recording" && which.kind !== "blueprint")
    throw invalidArgument("kind", '"recording" or "blueprint"', which.kind);
  return which;
}

function describeChoice(which: string | RecordingChoice | undefined): string {
  if (typeof which === "string") return JSON.stringify(which);
  const { recordingId, applicationId, kind } = which ?? {};
  return JSON.stringify({ recordingId, applicationId, kind });
}

/** Ids, with their applications where several have the same or one was chosen, and the kind of blueprints. */
function listOf(readers: readonly { readonly info: RecordingInfo }[], chosen: string | undefined): string {
  const ids = readers.map(({ info }) => info.recordingId);
  const isAmbiguous = chosen !== undefined || new Set(ids).size < ids.length;
  const texts = readers.map(({ info: { recordingId, applicationId, kind } }) =>
    isAmbiguous
      ? `${kind} ${JSON.stringify(recordingId)} of ${JSON.stringify(applicationId)}`
      : `${kind === "blueprint" ? "blueprint " : ""}${JSON.stringify(recordingId)}`,
  );
  return texts.length === 0 ? "none" : texts.join(", ");
}
