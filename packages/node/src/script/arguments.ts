import { describeValue, invalidArgument } from "@rerun-ts/core/checks";

/**
 * The common command-line flags of programs with Rerun, in the form of `parseArgs` of `node:util`. Add the program's
 * flags beside them. {@link scriptSetup} acts on their values.
 *
 * @example
 * const { values } = parseArgs({ options: { ...rr.rerunArgOptions, frames: { type: "string" } } });
 */
export const rerunArgOptions = {
  /** Write to standard output. */
  stdout: { type: "boolean", short: "o" },
  /** Let viewers connect to the program. */
  serve: { type: "boolean" },
  /** Send to a running viewer or proxy. */
  connect: { type: "boolean" },
  /** The URL of the viewer or proxy. It implies `connect`. */
  url: { type: "string" },
  /** Save to a file. */
  save: { type: "string" },
  /** Start a viewer: the default without flags. */
  spawn: { type: "boolean" },
  /** Start no viewer, or with `spawn` a viewer without a window. */
  headless: { type: "boolean" },
  /** The address of the server, or of the started viewer. */
  bind: { type: "string" },
  /** The limit of the history for later viewers, e.g. `1GiB`. */
  "server-memory-limit": { type: "string" },
  /** Whether these viewers receive the newest data first. */
  "newest-first": { type: "boolean" },
} as const;

/** The values of {@link rerunArgOptions} as `parseArgs` returns them, possibly among others. */
export type RerunArgs = {
  readonly [Name in keyof typeof rerunArgOptions]?:
    | ((typeof rerunArgOptions)[Name]["type"] extends "string" ? string : boolean)
    | undefined;
};

/** Checks values, which need not come from `parseArgs`. @throws {TypeError} if one is wrong */
export function checkArgs(values: RerunArgs): RerunArgs {
  if (typeof values !== "object" || values === null)
    throw invalidArgument("values", "what `parseArgs` returns as `values`", values);
  for (const [name, { type }] of Object.entries(rerunArgOptions)) {
    const value: unknown = values[name as keyof RerunArgs];
    if (value === undefined || (typeof value === type && value !== "")) continue;
    const expected = type === "string" ? "a non-empty string" : "true or false";
    throw new TypeError(`\`--${name}\` must be ${expected}, got ${describeValue(value)}`);
  }
  return values;
}
