import type { Sink } from "@rerun-ts/core";
import { internalsOf } from "@rerun-ts/core/recording";
import { BufferingSink, rowsIn } from "@rerun-ts/core/transport";

/** The part of a recording that this module reads. */
interface RecordingLike {
  readonly sinks: readonly Sink[];
}

/** A recording without a sink, referenced weakly. The counts are separate, so that they outlive the recording. */
interface Unsent {
  readonly recording: WeakRef<RecordingLike>;
  /** The current number of its rows. */
  readonly counts: { readonly rows: number };
  /** The number of its rows when it lost its last sink, or 0 if it never had one. */
  readonly rowsBefore: number;
}

const unsent = new Set<Unsent>();
const entries = new WeakMap<RecordingLike, Unsent>();
/** Recordings that are garbage, and their rows. */
const collected = { recordings: 0, rows: 0 };
const garbage = new FinalizationRegistry<Unsent>((entry) => {
  if (!unsent.delete(entry)) return;
  const rows = entry.counts.rows - entry.rowsBefore;
  if (rows === 0) return;
  collected.recordings++;
  collected.rows += rows;
});

/**
 * Notes that a recording was created, closed, or had its sinks replaced. Returns the number of recordings without a
 * sink, whose rows may have to be reported.
 */
export function trackUnsent(recording: RecordingLike): number {
  const { sinks } = recording;
  const { counts } = internalsOf(recording).log;
  const isUnsent = sinks.some((sink) => sink instanceof BufferingSink && sink.stats().state === "buffering");
  const known = entries.get(recording);
  if (isUnsent && known === undefined) {
    const entry = { recording: new WeakRef(recording), counts, rowsBefore: counts.rows };
    entries.set(recording, entry);
    unsent.add(entry);
    garbage.register(recording, entry);
  } else if (!isUnsent && known !== undefined) {
    entries.delete(recording);
    unsent.delete(known);
  }
  return unsent.size + collected.recordings;
}

/** Reports the recordings whose rows go nowhere, because the process ends. */
export function reportUnsent(): void {
  for (const { recording: reference, counts, rowsBefore } of unsent) {
    const recording = reference.deref();
    if (recording === undefined) {
      collected.recordings++;
      collected.rows += counts.rows - rowsBefore;
      continue;
    }
    const internals = internalsOf(recording);
    internals.dispatcher.flushRows();
    const [sink] = recording.sinks;
    const messages = sink instanceof BufferingSink ? sink.discard() : [];
    const rows = rowsIn(messages.filter(({ manifest }) => manifest?.entityPath.startsWith("/__properties") === false));
    if (rows === 0) continue;
    const what = rowsBefore === 0 ? "a recording never had a sink" : "a recording had no sink any more";
    internals.notice(
      `${what}, so ${describeRows(rows)} lost; call \`save\`, \`spawn\`, \`connectGrpc\` or \`setSinks\` to send them`,
    );
  }
  if (collected.rows > 0)
    console.warn(
      `[rerun] ${collected.recordings} recordings without a sink were garbage collected, so ` +
        `${describeRows(collected.rows)} lost; call \`save\`, \`spawn\`, \`connectGrpc\` or \`setSinks\` to send them`,
    );
}

function describeRows(rows: number): string {
  return rows === 1 ? "1 row is" : `${rows} rows are`;
}
