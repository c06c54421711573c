import { checkOptions } from "../checks/check-arguments.ts";
import { describeValue } from "../checks/describe-value.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { rethrow } from "../errors/to-rerun-error.ts";
import type { OptionNames } from "../checks/option-names.ts";
import { toBigInt } from "../time/int64.ts";
import { resolveTimeValue, type TimeCell, type TimeValue } from "../time/time-value.ts";
import type { ViewerBlueprintTarget, ViewerCallOptions } from "./viewer-call-types.ts";

/** The error about an argument. */
export function invalidViewerArgument(argument: string, expectation: string, value: unknown): RerunError {
  const message = `\`${argument}\` ${expectation}, got ${describeValue(value)}`;
  return new RerunError("INVALID_ARGUMENT", message, { argument });
}

/** Converts the error of an argument. @throws {RerunError} `INVALID_ARGUMENT` */
export function checkingArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw RerunError.from(error, "INVALID_ARGUMENT");
  }
}

/** The recording or the table of a layout. `undefined` selects the one on the screen. */
export function viewerTarget({
  recording,
  table,
}: ViewerBlueprintTarget):
  | { readonly case: "table"; readonly value: { readonly tableUrl: string } }
  | { readonly case: "recording"; readonly value: { readonly storeId: string } }
  | undefined {
  if (recording !== undefined && table !== undefined)
    throw invalidViewerArgument("options", "must have at most one of `recording` and `table`", { recording, table });
  if (table !== undefined) return { case: "table", value: { tableUrl: table } };
  return recording === undefined ? undefined : { case: "recording", value: { storeId: recording } };
}

/** The integer of a time: a sequence number, or nanoseconds. */
export function int64Of(at: TimeValue): bigint {
  const cell: TimeCell = { kind: "sequence", hi: 0, lo: 0 };
  try {
    resolveTimeValue(at, cell);
  } catch (error) {
    throw new RerunError("INVALID_ARGUMENT", `\`at\` ${(error as Error).message}`, { argument: "at", cause: error });
  }
  return toBigInt(cell);
}

/** Checks the options of a call, which has limits besides `known`. @throws {RerunError} `INVALID_ARGUMENT` */
export function checkCallOptions<Options extends ViewerCallOptions>(
  call: string,
  options: Options | undefined,
  known: OptionNames<Omit<Options, keyof ViewerCallOptions>>,
): void {
  checkOptionsWithoutLimits(call, options, { timeoutMs: 1, signal: 1, ...known } as OptionNames<Options>);
}

/** Checks options without limits. @throws {RerunError} `INVALID_ARGUMENT` */
export function checkOptionsWithoutLimits<Options extends object>(
  call: string,
  options: Options | undefined,
  known: OptionNames<Options>,
): void {
  try {
    checkOptions(call, options, known);
  } catch (error) {
    rethrow(error);
  }
}

/** The value of a word. @throws {RerunError} `INVALID_ARGUMENT` */
export function oneOf<Word extends string, Value>(
  name: string,
  word: Word,
  values: Readonly<Record<Word, Value>>,
): Value {
  if (Object.hasOwn(values, word)) return values[word];
  const words = Object.keys(values).map((key) => JSON.stringify(key));
  throw invalidViewerArgument(name, `must be one of ${words.join(", ")}`, word);
}

/** Checks a non-empty string. @throws {RerunError} `INVALID_ARGUMENT` */
export function checkViewerText(name: string, value: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalidViewerArgument(name, "must be a non-empty string", value);
}
