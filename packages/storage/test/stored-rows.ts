import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { PartsSink, openParts, type ObjectStore } from "@rerun-ts/storage";
import { AnyValues, RecordingStream, Scalars, TextLog } from "@rerun-ts/node";

/** A recording whose parts are uploaded as they are logged. */
export class UploadedRecording {
  readonly recording: RecordingStream;
  readonly #store: ObjectStore;
  readonly #spool: string;
  #row = 0;

  constructor(store: ObjectStore, spool: string, recordingId: string) {
    this.recording = new RecordingStream("fleet", { recordingId });
    this.#store = store;
    this.#spool = spool;
  }

  /** Logs parts of five rows each, with static data in the first. */
  async logParts(count: number, value: string | number = 1): Promise<void> {
    const { recording } = this;
    if (this.#row === 0) {
      const sink = new PartsSink(this.#store, { dataset: "fleet", spool: this.#spool, maxSeconds: Infinity });
      await recording.setSinks([sink]);
      // Two chunks of one entity.
      for (const text of ["first", "second"]) {
        recording.log("note", new TextLog(text), { static: true });
        await recording.flush();
      }
    }
    for (let part = 0; part < count; part++) {
      for (const end = this.#row + 5; this.#row < end; this.#row++) {
        recording.setTime("row", this.#row);
        recording.log("rows", new Scalars(this.#row / 2));
        recording.log("any", new AnyValues({ value }));
      }
      await recording.flush({ ack: true });
    }
  }
}

/** The rows of a recording as readers get them, in order. */
export async function readRows(store: ObjectStore, recordingId: string): Promise<readonly number[]> {
  await using file = await openParts(store, { dataset: "fleet", recordingId });
  const table = await file.recording().query({ index: "row", contents: "/rows" }).toTable();
  const values = Array.from(table.getChild("/rows:Scalars:scalars") ?? [], (value) => value as Iterable<number>);
  return values.map((value) => [...value][0] as number);
}

/** The ids of all rows in all chunks that count, as often as they occur, and the number of chunks. */
export async function readRowIds(
  store: ObjectStore,
  recordingId: string,
): Promise<{ readonly ids: readonly string[]; readonly chunks: number }> {
  await using file = await openParts(store, { dataset: "fleet", recordingId });
  const ids: string[] = [];
  let chunks = 0;
  for await (const chunk of file.recording().chunks()) {
    chunks++;
    for (const id of chunk.table.getChildAt(0) ?? []) ids.push(`${chunk.entityPath} ${String(id)}`);
  }
  return { ids: ids.sort(), chunks };
}

/** The keys of a store that begin with a prefix. */
export async function keysIn(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** Makes the objects of a store in a folder older. */
export async function makeOlder(folder: string, store: ObjectStore, prefix: string, hours: number): Promise<void> {
  for await (const { key, modified } of store.list(prefix)) {
    const time = new Date((modified?.getTime() ?? 0) - hours * 3_600_000);
    await utimes(join(folder, key), time, time);
  }
}
