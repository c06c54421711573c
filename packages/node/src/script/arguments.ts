import { describeValue } from "@rerun-ts/core/internal";

/**
 * The flags that programs which log with Rerun share, for `parseArgs` of `node:util`; put your own beside them.
 * `scriptSetup` does what they say.
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
  /** Which one; implies `connect`. */
  url: { type: "string" },
  /** Save to a file. */
  save: { type: "string" },
  /** Start a viewer: what happens without flags too. */
  spawn: { type: "boolean" },
  /** Start no viewer; with `spawn`, one without a window. */
  headless: { type: "boolean" },
  /** The address that the server, or the viewer that is started, listens on. */
  bind: { type: "string" },
  /** How much it keeps for viewers that come later, e.g. `1GiB`. */
  "server-memory-limit": { type: "string" },
  /** Whether these get the newest data first. */
  "newest-first": { type: "boolean" },
} as const;

/** What `parseArgs` makes of {@link rerunArgOptions}, among other values. */
export type RerunArgs = {
  readonly [Name in keyof typeof rerunArgOptions]?:
    | ((typeof rerunArgOptions)[Name]["type"] extends "string" ? string : boolean)
    | undefined;
};

/** Checks values that need not come from `parseArgs`. @throws {TypeError} that names the wrong one */
export function checkArgs(values: RerunArgs): RerunArgs {
  if (typeof values !== "object" || values === null)
    throw new TypeError(`\`values\` must be what \`parseArgs\` returns as \`values\`, got ${describeValue(values)}`);
  for (const [name, { type }] of Object.entries(rerunArgOptions)) {
    const value: unknown = values[name as keyof RerunArgs];
    if (value === undefined || (typeof value === type && value !== "")) continue;
    const expected = type === "string" ? "a text that is not empty" : "true or false";
    throw new TypeError(`\`--${name}\` must be ${expected}, got ${describeValue(value)}`);
  }
  return values;
}
