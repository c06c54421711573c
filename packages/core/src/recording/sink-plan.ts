import { takeOver } from "../sink/take-over.ts";
import type { SinkSlot } from "../sink/sink-slot.ts";
import type { Sink, SinkTakeover } from "../sink/sink.ts";

/** What becomes of one sink of a new set. */
export interface PlannedSink {
  readonly sink: Sink;
  /** The slot of the sink that stays in its place, because it has the same destination. */
  readonly slot: SinkSlot | undefined;
  readonly takeover: SinkTakeover | undefined;
  /** A warning about options that are ignored. */
  readonly notice: string | undefined;
}

/** Finds out which sinks of a new set are in use already. Changes nothing. */
export function planSinks(sinks: readonly Sink[], slots: readonly SinkSlot[]): readonly PlannedSink[] {
  const inUse = new Map(slots.filter(isUsable).map((slot) => [slot.sink.key, slot]));
  return sinks.map((sink) => {
    const slot = inUse.get(sink.key);
    const takeover = slot && takeOver(slot.sink, sink);
    if (slot === undefined || takeover === undefined)
      return { sink, slot: undefined, takeover: undefined, notice: undefined };
    return { sink, slot, takeover, notice: describeIgnored(sink, takeover.ignored) };
  });
}

/** Whether the destination of a sink is in use, so that another sink for it would be one too many. */
export function isUsable({ state, sink }: SinkSlot): boolean {
  return state !== "broken" && state !== "closed" && sink.isStale !== true;
}

function describeIgnored({ kind, key }: Sink, options: readonly string[]): string | undefined {
  if (options.length === 0) return undefined;
  const names = options.map((name) => `\`${name}\``).join(", ");
  return `the ${kind} sink for ${key.slice(key.indexOf(":") + 1)} is in use and stays as it is: other values of ${names} are ignored; call \`disconnect\` first to change them`;
}
