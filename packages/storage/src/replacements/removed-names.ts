import { getOrAdd } from "@rerun-ts/core/util";
import { isFlatRanges, PackRanges, type FlatRanges } from "../commits/pack-ranges.ts";

/** Names of removed parts as they are stored. */
export interface StoredNames {
  /** The numbers of parts that producers have uploaded, plus 1, by the folders of their runs. */
  readonly runs: Readonly<Record<string, FlatRanges>>;
  /** The numbers of the commits of other parts, by their partitions. A commit names one part of a recording at most. */
  readonly partitions: Readonly<Record<string, FlatRanges>>;
}

/** The names of the parts of a recording that never count again: ranges of numbers, because there are ever more. */
export class RemovedNames {
  readonly #runs: Map<string, PackRanges>;
  readonly #partitions: Map<string, PackRanges>;

  constructor({ runs, partitions }: StoredNames = { runs: {}, partitions: {} }) {
    this.#runs = rangesOf(runs);
    this.#partitions = rangesOf(partitions);
  }

  /** Adds the key of a part of a producer or of an ingester. Others are left out. */
  add(key: string): void {
    const name = parse(key);
    if (name === undefined) return;
    const all = name.isRun ? this.#runs : this.#partitions;
    const ranges = getOrAdd(all, name.folder, () => new PackRanges());
    ranges.add(name.number);
  }

  has(key: string): boolean {
    if (this.#runs.size + this.#partitions.size === 0) return false;
    const name = parse(key);
    if (name === undefined) return false;
    const ranges = (name.isRun ? this.#runs : this.#partitions).get(name.folder);
    return ranges !== undefined && ranges.missing(name.number, name.number).length === 0;
  }

  toJSON(): StoredNames {
    return { runs: flat(this.#runs), partitions: flat(this.#partitions) };
  }
}

/** Whether a stored value has names of parts. */
export function areStoredNames(value: unknown): value is StoredNames {
  const { runs, partitions } = (value ?? {}) as Partial<StoredNames>;
  return [runs, partitions].every(
    (all) => typeof all === "object" && all !== null && Object.values(all).every(isFlatRanges),
  );
}

function parse(key: string): { readonly isRun: boolean; readonly folder: string; readonly number: number } | undefined {
  // A name with other digits is that of another object. Ranges begin at 1, and numbers of parts may begin at 0.
  const [, run, digits = ""] = /^v1\/[^/]+\/direct\/[^/]+\/([^/]+)\/(\d+)\.rrd$/.exec(key) ?? [];
  const number = Number(digits) + 1;
  if (run !== undefined && Number.isSafeInteger(number))
    return { isRun: true, folder: digits.length === 8 ? run : `${run}/${digits.length}`, number };
  const [, partition, commit] = /^v1\/[^/]+\/log-parts\/[^/]+\/(\d{2})-(\d{16})-[0-9a-f]+\.rrd$/.exec(key) ?? [];
  return partition === undefined ? undefined : { isRun: false, folder: partition, number: Number(commit) };
}

function rangesOf(stored: Readonly<Record<string, FlatRanges>>): Map<string, PackRanges> {
  return new Map(Object.entries(stored).map(([folder, ranges]) => [folder, new PackRanges(ranges)]));
}

function flat(all: ReadonlyMap<string, PackRanges>): Record<string, FlatRanges> {
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([folder, ranges]) => [folder, ranges.toJSON()]));
}
