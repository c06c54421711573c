import { checkSinks } from "./check-sinks.ts";
import { SinkGroup } from "./sink-group.ts";
import type { RecordingSink, RecordingSinkContext, Sink } from "./sink.ts";

/**
 * Combines several sinks into one, for functions and other sinks that accept a single one. A recording treats them as
 * separate arguments of `setSinks`, also in its statistics and events.
 *
 * Each message goes to all sinks. A failure of one does not affect the others. But if one throws in `open`, the
 * combination cannot be opened either. `flush` and `close` wait for all sinks, then reject with the first failure. The
 * state is the worst of all states, and the statistics are sums.
 *
 * @example
 * const both = rr.tee([new rr.MemorySink(), new rr.CallbackSink((rrd) => console.log(rrd.length))]);
 * await rec.setSink(both);
 */
export function tee(sinks: readonly Sink[]): Sink {
  return new Tee(sinks);
}

class Tee extends SinkGroup {
  override readonly parts: readonly RecordingSink[];

  constructor(sinks: readonly Sink[]) {
    const parts = checkSinks(sinks);
    super("tee", `tee:${parts.map(({ key }) => key).join()}`, parts);
    this.parts = parts;
  }

  override open(context: RecordingSinkContext): void {
    this.openSlots(this.parts, context);
  }
}
