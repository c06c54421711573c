import { InParallel } from "../store/in-parallel.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { bundlePrefix, parseBundle, type ListedBundle } from "./bundle-keys.ts";
import { PARTITIONS } from "./log-keys.ts";

/** The objects that one request lists. More bundles are listed by their partitions, several at a time. */
const PAGE = 1000;
const PARALLEL_LISTS = 32;

/** Lists bundles of a dataset. Many of them are listed by their partitions, because each answer takes a while. */
export async function listBundles(
  store: Pick<ObjectStore, "list">,
  dataset: string,
  isWanted: (bundle: ListedBundle) => boolean,
  signal?: AbortSignal,
): Promise<readonly ListedBundle[]> {
  const listIn = async (partition: number | undefined, most: number): Promise<readonly [number, ListedBundle[]]> => {
    const bundles: ListedBundle[] = [];
    let objects = 0;
    for await (const object of store.list(bundlePrefix(dataset, partition), { signal })) {
      const bundle = parseBundle(dataset, object);
      if (bundle !== undefined && isWanted(bundle)) bundles.push(bundle);
      if (++objects === most) break;
    }
    return [objects, bundles];
  };
  const [objects, first] = await listIn(undefined, PAGE);
  if (objects < PAGE) return first;
  const inParallel = new InParallel(PARALLEL_LISTS);
  const lists = Array.from({ length: PARTITIONS }, (_, partition) => inParallel.run(() => listIn(partition, Infinity)));
  return (await Promise.all(lists)).flatMap(([, bundles]) => bundles);
}
