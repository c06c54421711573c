/** The exit code for a file that an importer leaves to others: Rerun's `EXTERNAL_IMPORTER_INCOMPATIBLE_EXIT_CODE`. */
export const INCOMPATIBLE = 66;

/** A time at which an importer logs. */
export interface ImporterTime {
  readonly name: string;
  readonly kind: "sequence" | "duration" | "timestamp";
  /** The number, or nanoseconds. */
  readonly value: bigint;
}

/** The request of a viewer or an SDK to an importer. */
export interface ImporterRequest {
  /** The path of the file. */
  readonly path: string;
  /** The recording that receives the file, if there is one. */
  readonly applicationId: string | undefined;
  readonly recordingId: string | undefined;
  readonly entityPathPrefix: string | undefined;
  readonly isStatic: boolean;
  readonly times: readonly ImporterTime[];
}

/** The flags of an importer for a request. */
export function importerFlags(request: ImporterRequest): string[] {
  const { path, applicationId, recordingId, entityPathPrefix, isStatic, times } = request;
  const flags = [path];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) flags.push(`--${name}`, value);
  };
  add("application-id", applicationId);
  add("recording-id", recordingId);
  add("opened-application-id", applicationId);
  add("opened-recording-id", recordingId);
  add("entity-path-prefix", entityPathPrefix);
  // `--timeless` is the earlier name of `--static`.
  if (isStatic) flags.push("--static", "--timeless");
  for (const { name, kind, value } of times) for (const flag of FLAGS[kind]) add(flag, `${name}=${value}`);
  return flags;
}

/** The flags for a time of each kind, as Rerun 0.41 passes them: one is for importers of before. */
const FLAGS: Readonly<Record<ImporterTime["kind"], readonly string[]>> = {
  sequence: ["time_sequence", "sequence"],
  duration: ["time_duration_nanos", "time"],
  timestamp: ["time_timestamp_nanos", "time"],
};

/** The automatic timelines, which recordings have anyway. */
const AUTOMATIC = new Set(["log_time", "log_tick"]);

/** Reads the arguments of an importer. Unknown flags are ignored. Returns `undefined` if there is no path. */
export function parseImporterFlags(args: readonly string[]): ImporterRequest | undefined {
  const values = new Map<string, string[]>();
  let path: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("--")) {
      path ??= arg;
      continue;
    }
    const [, name = "", inline] = /^--([^=]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const isSwitch = name === "static" || name === "timeless";
    const next = args[at + 1];
    const value = inline ?? (isSwitch || next === undefined || next.startsWith("--") ? "" : next);
    if (inline === undefined && !isSwitch && value !== "" && value === next) at++;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  if (path === undefined) return undefined;
  const text = (...names: string[]): string | undefined => names.flatMap((name) => values.get(name) ?? [])[0];
  return {
    path,
    applicationId: text("opened-application-id", "application-id"),
    recordingId: text("opened-recording-id", "recording-id"),
    entityPathPrefix: text("entity-path-prefix"),
    isStatic: values.has("static") || values.has("timeless"),
    times: timesIn(values),
  };
}

function timesIn(values: ReadonlyMap<string, readonly string[]>): ImporterTime[] {
  const named = (flag: string): Map<string, bigint> =>
    new Map(
      (values.get(flag) ?? []).flatMap((text) => {
        const [, name, number] = /^(.+)=(-?\d+)$/s.exec(text) ?? [];
        return name === undefined || number === undefined || AUTOMATIC.has(name) ? [] : [[name, BigInt(number)]];
      }),
    );
  const [sequence, duration, timestamp] = [
    named("time_sequence"),
    named("time_duration_nanos"),
    named("time_timestamp_nanos"),
  ];
  const [oldSequence, oldTime] = [named("sequence"), named("time")];
  const names = new Set([sequence, duration, timestamp, oldSequence, oldTime].flatMap((found) => [...found.keys()]));
  return [...names].map((name) => {
    const value = (...found: Map<string, bigint>[]): bigint => found.flatMap((map) => map.get(name) ?? [])[0] ?? 0n;
    if (timestamp.has(name)) return { name, kind: "timestamp", value: value(timestamp) };
    // Rerun 0.41 passes timestamps as a duration and a sequence.
    if (duration.has(name))
      return { name, kind: oldSequence.has(name) ? "timestamp" : "duration", value: value(duration) };
    if (sequence.has(name) || oldSequence.has(name))
      return { name, kind: "sequence", value: value(sequence, oldSequence) };
    return { name, kind: "timestamp", value: value(oldTime) };
  });
}
