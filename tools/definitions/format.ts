/** A list as `definitions/*.json` are written: one entry on each line, so that differences are easy to read. */
export function formatEntries(entries: readonly object[]): string {
  return `[\n${entries.map(formatValue).join(",\n")}\n]\n`;
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatValue).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${formatValue(member)}`);
  return `{${members.join(", ")}}`;
}
