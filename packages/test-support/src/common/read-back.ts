import { openRrd, verifyRrd, type RecordingReader, type RrdFile, type RrdSource } from "@rerun-ts/arrow";

/** The contents of a recording that was read back: rows by store and entity. */
export type RowsRead = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Options of {@link readBack}. */
export interface ReadBackOptions {
  /** Whether the source may lack a footer and end within a message, as after a kill. Default `false`. */
  mayBeCutOff?: boolean;
}

/**
 * Reads a recording that this SDK or Rerun has written, with every way of reading that there is: `verifyRrd`, `openRrd`
 * by the footer, and `openRrd` as a stream. Returns the number of rows of each entity.
 *
 * @throws {Error} if anything is wrong, or the ways of reading differ
 */
export async function readBack(source: RrdSource, options: ReadBackOptions = {}): Promise<RowsRead> {
  await using streamed = await openRrd(source, { mode: "stream" });
  if (options.mayBeCutOff === true && !(await hasFooter(source))) {
    const others = streamed.damage.filter(({ reason }) => !reason.includes("truncated"));
    if (others.length > 0) throw new Error(`the recording is damaged: ${JSON.stringify(others)}`);
    return await rowsOf(streamed);
  }
  const { problems } = await verifyRrd(source);
  if (problems.length > 0)
    throw new Error(`the recording has ${problems.length} problems: ${JSON.stringify(problems.slice(0, 3))}`);
  await using lazy = await openRrd(source, { mode: "lazy" });
  const [byFooter, byStream] = [await contentsOf(lazy), await contentsOf(streamed)];
  const differing = byFooter.findIndex((line, index) => line !== byStream[index]);
  if (differing >= 0 || byFooter.length !== byStream.length)
    throw new Error(`with its footer, the recording has ${byFooter[differing]}, without it ${byStream[differing]}`);
  return await rowsOf(lazy);
}

async function hasFooter(source: RrdSource): Promise<boolean> {
  await using file = await openRrd(source);
  return file.isLazy;
}

function readersOf(file: RrdFile): readonly RecordingReader[] {
  return [...file.recordings, ...file.blueprints].map(({ recordingId }) => file.recording(recordingId));
}

/** Describes all stores of a file and their chunks. Every chunk is loaded and compared with its index entry. */
async function contentsOf(file: RrdFile): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const reader of readersOf(file)) {
    const { components, indexes } = reader.schema();
    const { kind, applicationId, recordingId } = reader.info;
    lines.push(JSON.stringify({ kind, applicationId, recordingId }), `${reader.numRows} rows`);
    for (const { type, ...column } of components)
      lines.push(JSON.stringify({ ...column, type: String(type as unknown) }));
    for (const { name } of indexes) {
      const range = reader.timeRange(name);
      lines.push(`${name} from ${range?.start} to ${range?.end}`);
    }
    const chunks: string[] = [];
    for await (const { id, entityPath, numRows } of reader.chunks()) chunks.push(`${id} ${entityPath} ${numRows}`);
    lines.push(...chunks.sort());
  }
  return lines;
}

async function rowsOf(file: RrdFile): Promise<RowsRead> {
  const stores: Record<string, Record<string, number>> = {};
  for (const reader of readersOf(file)) {
    const rows: Record<string, number> = {};
    for await (const { entityPath, numRows } of reader.chunks()) rows[entityPath] = (rows[entityPath] ?? 0) + numRows;
    stores[reader.info.recordingId] = rows;
  }
  return stores;
}
