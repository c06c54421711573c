import { getOrAdd } from "@rerun-ts/core/util";
/**
 * The columns of a part by their names, with the types of timelines and components, and the application of the part.
 */
export type PartColumns = ReadonlyMap<string, string>;

/** Reads the columns of a part from its footer. */
export async function columnsOfPart(path: string, recordingId: string): Promise<PartColumns> {
  const { openRrdParts } = await import("@rerun-ts/reading");
  await using file = await openRrdParts([path]);
  const recording = file.recording(recordingId);
  const { indexes, components } = recording.schema();
  return new Map([
    // For viewers, another application id means another recording.
    ["application", recording.info.applicationId],
    ...indexes.map(({ name, type }) => [`index ${name}`, String(type as unknown)] as const),
    ...components.map(({ name, type }) => [`component ${name}`, String(type as unknown)] as const),
  ]);
}

/**
 * The parts that can be in one dataset: for each column, those with the type that most of the data has. A catalog
 * refuses a file, with all of its data, if a column has another type than in the other files. The order of the parts
 * does not matter.
 */
export function fittingParts<Part extends { readonly columns: PartColumns; readonly size: number }>(
  parts: readonly Part[],
): readonly Part[] {
  const sizes = new Map<string, Map<string, number>>();
  for (const { columns, size } of parts)
    for (const [name, type] of columns) {
      const types = getOrAdd(sizes, name, () => new Map());
      types.set(type, (types.get(type) ?? 0) + size);
    }
  const wanted = new Map(Array.from(sizes, ([name, types]) => [name, mostOf(types)]));
  return parts.filter(({ columns }) => [...columns].every(([name, type]) => wanted.get(name) === type));
}

/** The type with most data, and the first in the alphabet of several. */
function mostOf(sizes: ReadonlyMap<string, number>): string | undefined {
  return [...sizes].sort(([a, sizeA], [b, sizeB]) => sizeB - sizeA || (a < b ? -1 : 1))[0]?.[0];
}
