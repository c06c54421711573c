import { RerunError } from "@rerun-ts/core";
import type { BundleIndex } from "../commits/bundle-index.ts";
import type { CommittedParts } from "../commits/committed-parts.ts";
import { logPartPrefix } from "../commits/log-keys.ts";
import { directPrefix } from "../parts/part-key.ts";
import type { CountedPart, RecordingObjects } from "../replacements/counted-parts.ts";
import { ListedLog } from "../replacements/listed-log.ts";
import { behindFolder, RecordingCursor } from "../replacements/recording-cursor.ts";
import { RecordingObject } from "../replacements/recording-object.ts";
import { madePartPrefix, replacementPrefix } from "../replacements/replacement-keys.ts";
import { unescapeId } from "../store/keys.ts";
import type { ObjectInfo, ObjectStore } from "../store/object-store.ts";
import { isInShare, type Share } from "./share.ts";

/** The objects of a recording, and the folder that decides about its place. */
export interface WalkedRecording extends RecordingObjects {
  readonly folder: string;
}

/** Settings of {@link walkRecordings}. */
export interface WalkOptions {
  readonly store: Pick<ObjectStore, "list" | "listFolders">;
  readonly dataset: string;
  readonly share: Readonly<Share>;
  /** The parts in bundles of the recordings of the share. Default: none. */
  readonly bundles?: BundleIndex | undefined;
  /** The folder behind which to begin. Default: the first one. */
  readonly after?: string | undefined;
  /** The last folder. Default: the last one. */
  readonly through?: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Lists the recordings of a share, one after the other, in the order of their folders. The lists of all kinds of
 * objects are read side by side, so that memory depends on the largest recording, and not on the dataset. The
 * recordings of other shares are passed over, by their names if the store lists folders.
 */
export async function* walkRecordings(options: WalkOptions): AsyncGenerator<WalkedRecording, undefined> {
  const { store, dataset, share, bundles, after, through, signal } = options;
  const prefixes = [replacementPrefix(dataset), directPrefix(dataset), logPartPrefix(dataset), madePartPrefix(dataset)];
  const open = (prefix: string): Promise<RecordingCursor> =>
    RecordingCursor.open(prefix, (startAfter) => store.list(prefix, { startAfter, signal }), after);
  const cursors = (await Promise.all(prefixes.map(open))) as [
    RecordingCursor,
    RecordingCursor,
    RecordingCursor,
    RecordingCursor,
  ];
  try {
    let passed = 0;
    const hasNames = share.count > 1 && store.listFolders !== undefined;
    const list = (prefix: string): AsyncIterable<string> => store.listFolders?.(prefix, { signal }) ?? nothing();
    const bundled = bundles?.folders ?? [];
    for await (const folder of hasNames ? namesIn(list, prefixes, bundled, after) : seen(cursors, bundled, after)) {
      if (through !== undefined && folder > through) return;
      const id = unescapeId(folder.slice(0, -1));
      if (id === undefined || !isInShare(folder, share)) {
        passed++;
        continue;
      }
      for (const cursor of cursors) await cursor.seek(folder, passed);
      passed = 0;
      yield await collect(cursors, folder, id, bundles?.in(folder) ?? []);
    }
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
}

export async function listRecording(
  store: Pick<ObjectStore, "list">,
  dataset: string,
  recordingId: string,
  parts: CommittedParts,
  signal: AbortSignal | undefined,
): Promise<RecordingObjects> {
  const objects = (prefix: string): Promise<readonly RecordingObject[]> =>
    objectsOf(store.list(prefix, { signal }), recordingId);
  const uploaded = await objects(directPrefix(dataset, recordingId));
  const committed = await objects(logPartPrefix(dataset, recordingId));
  const bundled: CountedPart[] = [];
  for await (const part of parts.listBundled(recordingId, signal)) bundled.push(part);
  const made = await objects(madePartPrefix(dataset, recordingId));
  const log = new ListedLog();
  for await (const object of store.list(replacementPrefix(dataset, recordingId), { signal })) log.add(object);
  return { recordingId, uploaded, committed, bundled, made, log };
}

async function collect(
  [log, uploaded, committed, made]: readonly [RecordingCursor, RecordingCursor, RecordingCursor, RecordingCursor],
  folder: string,
  recordingId: string,
  bundled: readonly CountedPart[],
): Promise<WalkedRecording> {
  const listed = new ListedLog();
  for await (const object of log.of(folder)) listed.add(object);
  return {
    folder,
    recordingId,
    log: listed,
    bundled,
    uploaded: await objectsOf(uploaded.of(folder), recordingId),
    committed: await objectsOf(committed.of(folder), recordingId),
    made: await objectsOf(made.of(folder), recordingId),
  };
}

async function objectsOf(listed: AsyncIterable<ObjectInfo>, recordingId: string): Promise<readonly RecordingObject[]> {
  const objects: RecordingObject[] = [];
  for await (const object of listed) objects.push(new RecordingObject(object, recordingId));
  return objects;
}

async function* nothing(): AsyncGenerator<never> {}

/** The folders of listed objects and of bundled parts. Those that were not read are passed over. */
async function* seen(
  cursors: readonly RecordingCursor[],
  bundled: readonly string[],
  after: string | undefined,
): AsyncGenerator<string> {
  const others = behind(bundled, after);
  let other = others.next();
  for (;;) {
    const [folder] = [...cursors.flatMap((cursor) => cursor.folder ?? []), ...valueOf(other)].sort();
    if (folder === undefined) return;
    yield folder;
    for (const cursor of cursors) await cursor.seek(behindFolder(folder));
    if (other.value === folder) other = others.next();
  }
}

/** Those of some folders that are behind another one. */
function* behind(folders: readonly string[], after: string | undefined): Generator<string, undefined> {
  for (const folder of folders) if (after === undefined || folder > after) yield folder;
}

function valueOf({ done, value }: IteratorResult<string, undefined | void>): readonly string[] {
  return done === true ? [] : [value];
}

/** The folders below some prefixes, and others, in their order. */
async function* namesIn(
  listFolders: (prefix: string) => AsyncIterable<string>,
  prefixes: readonly string[],
  bundled: readonly string[],
  after: string | undefined,
): AsyncGenerator<string> {
  const lists = [...prefixes.map((prefix) => foldersIn(listFolders, prefix)), each(bundled)];
  const names = await Promise.all(lists.map((list) => list.next()));
  try {
    for (;;) {
      const [folder] = names.flatMap(valueOf).sort();
      if (folder === undefined) break;
      for (const [index, name] of names.entries()) {
        const list = lists[index];
        if (name.value === folder && list !== undefined) names[index] = await list.next();
      }
      if (after === undefined || folder > after) yield folder;
    }
  } finally {
    for (const list of lists) await list.return(undefined);
  }
}

// oxlint-disable-next-line typescript/require-await -- the lists of a store are asynchronous
async function* each(folders: readonly string[]): AsyncGenerator<string, void> {
  yield* folders;
}

async function* foldersIn(
  listFolders: (prefix: string) => AsyncIterable<string>,
  prefix: string,
): AsyncGenerator<string, void> {
  let last = "";
  for await (const name of listFolders(prefix)) {
    const folder = name.slice(prefix.length);
    if (folder <= last)
      throw new RerunError("UNSUPPORTED", `the store lists the folder ${name} behind ${last}: they must be in order`);
    last = folder;
    yield folder;
  }
}
