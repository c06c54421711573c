import { openRrd, verifyRrd, type RecordingReader, type RrdFile, type RrdSource } from "@rerun-ts/reading";

/** The contents of a recording that was read back: rows by store and entity. */
export type RowsRead = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Fewer bytes than this at the end may be a header or a footer that is cut off. */
const HEADER_BYTES = 32;

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
  const streamed = await openRrd(source, { mode: "stream" });
  const indexed = await openRrd(source);
  try {
    if (options.mayBeCutOff === true && !indexed.isLazy) {
      const others = streamed.damage.filter(
        ({ reason, lostBytes }) => !reason.includes("truncated") && lostBytes >= HEADER_BYTES,
      );
      if (others.length > 0) throw new Error(`the recording is damaged: ${JSON.stringify(others)}`);
      return await rowsOf(streamed);
    }
    const { problems } = await verifyRrd(source);
    if (problems.length > 0)
      throw new Error(`the recording has ${problems.length} problems: ${JSON.stringify(problems.slice(0, 3))}`);
    const [byFooter, byStream] = [describe(indexed), describe(streamed)];
    const differing = byFooter.findIndex((line, index) => line !== byStream[index]);
    if (differing >= 0 || byFooter.length !== byStream.length)
      throw new Error(
        `the recording has ${byFooter.at(differing)} by its footer, and ${byStream.at(differing)} without it`,
      );
    return await rowsOf(indexed);
  } finally {
    await streamed.close();
    await indexed.close();
  }
}

function readersOf(file: RrdFile): readonly RecordingReader[] {
  return [...file.recordings, ...file.blueprints].map((info) => file.recording(info));
}

/** Describes the stores of a file, without loading their chunks. */
function describe(file: RrdFile): readonly string[] {
  // A footer does not list stores without chunks, and lists the others in another order.
  const stores = readersOf(file).filter(({ numChunks }) => numChunks > 0);
  const keyOf = ({ info }: RecordingReader): string => `${info.kind} ${info.applicationId} ${info.recordingId}`;
  stores.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return stores.flatMap((reader) => {
    const { kind, applicationId, recordingId } = reader.info;
    const { components, indexes } = reader.schema();
    return [
      JSON.stringify({ kind, applicationId, recordingId }),
      `${reader.numChunks} chunks, ${reader.numRows} rows`,
      ...components.map(({ type, ...column }) => JSON.stringify({ ...column, type: String(type as unknown) })),
      ...indexes.map(({ name }) => `${name} from ${reader.timeRange(name)?.start} to ${reader.timeRange(name)?.end}`),
    ];
  });
}

/** Counts the rows of all entities. Every chunk is loaded, and so compared with its entry in the index. */
async function rowsOf(file: RrdFile): Promise<RowsRead> {
  const stores: Record<string, Record<string, number>> = {};
  for (const reader of readersOf(file)) {
    const rows: Record<string, number> = (stores[reader.info.recordingId] ??= {});
    for await (const { entityPath, numRows } of reader.chunks()) rows[entityPath] = (rows[entityPath] ?? 0) + numRows;
  }
  return stores;
}
