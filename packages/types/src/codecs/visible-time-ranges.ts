/** Moves boundaries beside the timeline into `range`. `undefined` for other values. */
export function visibleTimeRangeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("start" in value || "end" in value) || "range" in value) {
    return undefined;
  }
  const { start, end, ...others } = value as Readonly<Record<string, unknown>>;
  return { ...others, range: { start, end } };
}
