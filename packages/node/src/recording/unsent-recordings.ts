import { BufferingSink, internalsOf, rowsIn } from "@rerun-ts/core/internal";

/** The recordings that never had a sink, as long as the program uses them. */
const unsent = new Set<WeakRef<object>>();
const references = new WeakMap<object, WeakRef<object>>();
/** Forgets recordings that are garbage. */
const garbage = new FinalizationRegistry<WeakRef<object>>((reference) => unsent.delete(reference));

/** Notes that a recording was created, had its sinks replaced or was closed. Returns how many never had a sink. */
export function trackUnsent(recording: object): number {
  const known = references.get(recording);
  if (known === undefined) {
    const reference = new WeakRef(recording);
    references.set(recording, reference);
    unsent.add(reference);
    garbage.register(recording, reference);
  } else {
    unsent.delete(known);
  }
  return unsent.size;
}

/** Reports each recording whose rows go nowhere, because the process ends. */
export function reportUnsent(): void {
  for (const reference of unsent) {
    const recording = reference.deref();
    if (recording === undefined) continue;
    const internals = internalsOf(recording);
    internals.flushRows();
    const [sink] = internals.sinks;
    const messages = sink instanceof BufferingSink ? sink.readMessages() : [];
    const rows = rowsIn(messages.filter(({ manifest }) => manifest?.entityPath.startsWith("/__properties") === false));
    if (rows === 0) continue;
    internals.notice(
      `a recording never had a sink, so that ${rows === 1 ? "1 row is" : `${rows} rows are`} lost; ` +
        "call `save`, `spawn`, `connectGrpc` or `setSinks` to send them",
    );
  }
}
