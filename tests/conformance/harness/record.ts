import { RecordingStream } from "@rerun-ts/node";
import { CASES, type NamedCase } from "./cases.ts";
import { snakeCase } from "./case.ts";
import { outputFile } from "./output.ts";
import { runPython } from "./real-rerun.ts";

/** The way to divide rows into chunks: one per row, which can be compared exactly, or by the batcher of each SDK. */
export type Mode = "one chunk per row" | "batched";

export const MODES: readonly Mode[] = ["one chunk per row", "batched"];

/** The files that both sides wrote for one case. */
export interface RecordedCase {
  readonly named: NamedCase;
  readonly mode: Mode;
  /** One pair for each recording. */
  readonly files: readonly { readonly ours: string; readonly theirs: string }[];
  /** The errors that occurred while they were written. */
  readonly errors: readonly string[];
}

/** The results of all cases. */
export interface Recorded {
  readonly cases: readonly RecordedCase[];
  /** Python functions without a TypeScript counterpart. */
  readonly unpaired: readonly string[];
}

/** Logs all cases with this SDK, and with Rerun's if it is there. */
export async function recordAll(hasRerun: boolean): Promise<Recorded> {
  const planned = MODES.flatMap((mode) => CASES.map((named) => ({ named, mode, files: filesOf(named, mode) })));
  const theirs = hasRerun ? recordTheirs(planned) : { errors: [], unpaired: [] };
  const [theirErrors, ourErrors] = await Promise.all([theirs, recordOurs(planned)]);
  return {
    cases: planned.map((plan, index) => ({
      ...plan,
      errors: [ourErrors[index], theirErrors.errors[index]].filter((error) => typeof error === "string"),
    })),
    unpaired: theirErrors.unpaired,
  };
}

type PlannedCase = Omit<RecordedCase, "errors">;

function filesOf({ theme, name, log }: NamedCase, mode: Mode): RecordedCase["files"] {
  const stem = [theme, snakeCase(name), mode.replaceAll(" ", "-")].join(".");
  return (log.recordings ?? [{}]).map((_, index) => ({
    ours: outputFile(`${stem}.${index}.ours.rrd`),
    theirs: outputFile(`${stem}.${index}.theirs.rrd`),
  }));
}

function recordTheirs(
  planned: readonly PlannedCase[],
): Promise<{ errors: readonly (string | null)[]; unpaired: string[] }> {
  return runPython(
    "run_cases.py",
    planned.map(({ named, mode, files }) => ({
      theme: snakeCase(named.theme),
      name: snakeCase(named.name),
      one_chunk_per_row: mode === "one chunk per row",
      files: files.map(({ theirs }) => theirs),
    })),
  );
}

async function recordOurs(planned: readonly PlannedCase[]): Promise<(string | undefined)[]> {
  const errors: (string | undefined)[] = [];
  for (const plan of planned) errors.push(await recordOne(plan));
  return errors;
}

async function recordOne({ named: { log }, mode, files }: PlannedCase): Promise<string | undefined> {
  const made = (log.recordings ?? [{}]).map(({ applicationId = "conformance", ...options }) => {
    // Without a time: on a busy machine it would divide the rows of a case, and the files of both are compared in size.
    const batcher = mode === "one chunk per row" ? { flushNumRows: 0 } : { flushTickMs: Infinity };
    // Invalid data is a mistake in the case; warnings, for example of a changed application id, are expected.
    return new RecordingStream(applicationId, { ...options, batcher, strict: true, onWarning: () => {} });
  });
  try {
    for (const [index, recording] of made.entries()) await recording.save(files[index]?.ours ?? "");
    await log(...made);
    for (const recording of made) await recording.close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
