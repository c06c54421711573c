import { describeValue } from "../describe-value.ts";
import { RerunError } from "../errors.ts";
import type { Sink } from "./sink.ts";

/**
 * The sinks themselves: a combination counts as the sinks that it consists of.
 *
 * @throws {RerunError} `INVALID_ARGUMENT` or `DUPLICATE_SINK` unless these are sinks for different destinations
 */
export function checkSinks(sinks: readonly Sink[]): readonly Sink[] {
  const all = partsOf(sinks);
  checkKeys(all);
  return all;
}

function partsOf(sinks: readonly Sink[]): readonly Sink[] {
  if (!Array.isArray(sinks)) return sinks;
  return sinks.flatMap((sink: Sink | undefined) => (sink?.parts === undefined ? [sink as Sink] : partsOf(sink.parts)));
}

function checkKeys(sinks: readonly Sink[]): void {
  const expected = "an array of sinks, e.g. [new MemorySink()]";
  if (!Array.isArray(sinks))
    throw new RerunError("INVALID_ARGUMENT", `\`sinks\` must be ${expected}, got ${describeValue(sinks)}`, {
      argument: "sinks",
    });
  const keys = new Set<string>();
  for (const sink of sinks as readonly (Partial<Sink> | undefined)[]) {
    if (typeof sink?.send !== "function" || typeof sink.open !== "function" || typeof sink.key !== "string") {
      throw new RerunError("INVALID_ARGUMENT", `\`sinks\` must be ${expected}, got ${describeValue(sink)} among them`, {
        argument: "sinks",
      });
    }
    if (keys.has(sink.key)) {
      throw new RerunError("DUPLICATE_SINK", `\`sinks\` must be different destinations, got ${sink.key} twice`, {
        argument: "sinks",
      });
    }
    keys.add(sink.key);
  }
}
