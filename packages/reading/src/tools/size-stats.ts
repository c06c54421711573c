/** The distribution of sizes in bytes. */
export interface SizeStats {
  /** The sum. */
  readonly total: number;
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** The mean. */
  readonly avg: number;
  /** The median. */
  readonly p50: number;
  /** 90 % are not larger. */
  readonly p90: number;
  /** 95 % are not larger. */
  readonly p95: number;
  /** 99 % are not larger. */
  readonly p99: number;
  /** 99.9 % are not larger. */
  readonly p999: number;
}

/** The range of a count. */
export interface CountStats {
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** The mean. */
  readonly avg: number;
}

/** The range of counts, or zeros without any. */
export function countStats(counts: readonly number[]): CountStats {
  const { min, max, avg } = sizeStats(counts);
  return { min, max, avg };
}

/** The distribution of sizes, or zeros without any. */
export function sizeStats(sizes: readonly number[]): SizeStats {
  const ordered = [...sizes].sort((a, b) => a - b);
  const total = ordered.reduce((sum, size) => sum + size, 0);
  const at = (share: number): number => ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? 0;
  return {
    total,
    min: at(0),
    max: at(1),
    avg: ordered.length === 0 ? 0 : total / ordered.length,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
  };
}
