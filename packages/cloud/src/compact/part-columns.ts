/**
 * The columns of a part by their names, with the types of timelines and components, and the application of the part.
 */
export type PartColumns = ReadonlyMap<string, string>;

/** Reads the columns of a part from its footer. */
export async function columnsOfPart(path: string, recordingId: string): Promise<PartColumns> {
  const { openRrdParts } = await import("@rerun-ts/arrow");
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
 * The largest set of parts that can be in one dataset. A catalog refuses a file, with all of its data, if a column has
 * another type than in the other files.
 */
export function largestClass<Part extends { readonly columns: PartColumns }>(parts: readonly Part[]): readonly Part[] {
  const classes: { readonly columns: Map<string, string>; readonly parts: Part[] }[] = [];
  for (const part of parts) {
    let found = classes.find(({ columns }) => areCompatible(columns, part.columns));
    if (found === undefined) classes.push((found = { columns: new Map(), parts: [] }));
    for (const [name, type] of part.columns) found.columns.set(name, type);
    found.parts.push(part);
  }
  return classes.sort((a, b) => b.parts.length - a.parts.length)[0]?.parts ?? [];
}

function areCompatible(known: PartColumns, columns: PartColumns): boolean {
  return [...columns].every(([name, type]) => (known.get(name) ?? type) === type);
}
