import { logLayoutPrefix } from "../commits/log-keys.ts";
import { layoutPrefix } from "../parts/part-key.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";

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

/** Layouts that newer ones of their applications have replaced, and all old ones of a dataset without recordings. */
export async function oldLayouts(options: OldLayoutsOptions): Promise<readonly ObjectInfo[]> {
  const { store, dataset, isEmpty, before, signal } = options;
  const byApplication = new Map<string, ObjectInfo[]>();
  for (const prefix of [layoutPrefix(dataset), logLayoutPrefix(dataset)]) {
    for await (const object of store.list(prefix, { signal })) {
      if (!object.key.endsWith(".rbl")) continue;
      const [application = ""] = object.key.slice(prefix.length).split("/");
      const known = byApplication.get(application);
      if (known === undefined) byApplication.set(application, [object]);
      else known.push(object);
    }
  }
  return [...byApplication.values()].flatMap((layouts) =>
    layouts
      .sort((a, b) => timeOf(b) - timeOf(a))
      .slice(isEmpty ? 0 : KEPT)
      .filter((layout) => timeOf(layout) <= before),
  );
}

/** A layout without a time must not count as old. */
function timeOf({ modified }: ObjectInfo): number {
  return modified?.getTime() ?? Infinity;
}
