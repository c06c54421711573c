import { logLayoutPrefix } from "../commits/log-keys.ts";
import { layoutPrefix } from "../parts/part-key.ts";
import { RecordingCursor } from "../replacements/recording-cursor.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { modifiedMs } from "../store/modified-ms.ts";

/** The number of layouts of an application that stay: the newest may be incomplete, or refused by a catalog. */
const KEPT = 10;

/** Settings of {@link oldLayouts}. */
export interface OldLayoutsOptions {
  readonly store: Pick<ObjectStore, "list">;
  readonly dataset: string;
  /** Whether the dataset has no recordings any more. */
  readonly isEmpty: boolean;
  /** Layouts that were created after this time of the store stay. */
  readonly before: number;
  readonly signal: AbortSignal | undefined;
}

/** Finds layouts with newer ones of their applications, and all old ones of a dataset without recordings. */
export async function* oldLayouts(options: OldLayoutsOptions): AsyncGenerator<ObjectInfo> {
  const { store, dataset, isEmpty, before, signal } = options;
  const kept = isEmpty ? 0 : KEPT;
  const open = (prefix: string): Promise<RecordingCursor> =>
    RecordingCursor.open(prefix, (startAfter) => store.list(prefix, { startAfter, signal }));
  const cursors = await Promise.all([layoutPrefix(dataset), logLayoutPrefix(dataset)].map(open));
  for (;;) {
    const [application] = cursors.flatMap((cursor) => cursor.folder ?? []).sort();
    if (application === undefined) return;
    const newest: ObjectInfo[] = [];
    for (const cursor of cursors) {
      for await (const object of cursor.of(application)) {
        if (!object.key.endsWith(".rbl")) continue;
        newest.push(object);
        newest.sort((a, b) => modifiedMs(b, Infinity) - modifiedMs(a, Infinity));
        const oldest = newest.length > kept ? newest.pop() : undefined;
        // One without a time must not count as old.
        if (oldest !== undefined && modifiedMs(oldest, Infinity) <= before) yield oldest;
      }
    }
  }
}
