import { isPromise } from "../async/is-promise.ts";
import { rawOf } from "../checks/through-proxies.ts";
import { describeValue } from "../checks/describe-value.ts";
import { RerunError, type RerunErrorCode } from "../errors/rerun-error.ts";
import type { RecordingSink, Sink } from "./sink.ts";

/**
 * The sinks themselves: a combination counts as the sinks that it consists of.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` or `DUPLICATE_SINK` unless these are sinks for different destinations
 */
export function checkSinks(sinks: readonly Sink[]): readonly RecordingSink[] {
  const all = partsOf(sinks);
  checkKeys(all);
  return all;
}

function partsOf(sinks: readonly Sink[]): readonly RecordingSink[] {
  if (!Array.isArray(sinks)) throw invalidSinks(EXPECTED, describeValue(sinks));
  return (sinks as readonly (RecordingSink | undefined)[]).flatMap((given) => {
    const sink = rawOf(given);
    return sink?.parts === undefined ? [sink as RecordingSink] : partsOf(sink.parts);
  });
}

const EXPECTED = "an array of sinks, e.g. [new MemorySink()]";

function checkKeys(sinks: readonly (Partial<RecordingSink> | undefined)[]): void {
  const keys = new Set<string>();
  for (const sink of sinks) {
    if (typeof sink?.send !== "function" || typeof sink.open !== "function" || typeof sink.key !== "string") {
      const hint = isPromise(sink) ? " (`save` sets its sink itself)" : sink?.send ? " (use `customSink`)" : "";
      throw invalidSinks(EXPECTED, `${describeValue(sink)} among them${hint}`);
    }
    if (keys.has(sink.key)) throw invalidSinks("different destinations", `${sink.key} twice`, "DUPLICATE_SINK");
    keys.add(sink.key);
  }
}

/** The error for a list of sinks that cannot be set. */
export function invalidSinks(expected: string, got: string, code: RerunErrorCode = "INVALID_ARGUMENT"): RerunError {
  return new RerunError(code, `\`sinks\` must be ${expected}, got ${got}`, { argument: "sinks" });
}
