import { join } from "node:path";
import * as rr from "@rerun-ts/node";
import { rebuildBlueprint } from "./blueprints.ts";
import { callsOf } from "./calls.ts";
import type { Golden, StoredChunk, StoredStore } from "./goldens.ts";
import { OUTPUT } from "./output.ts";
import { runRerun } from "./programs.ts";
import { repeat } from "./repeat.ts";

/** The settings of programs that their logged data does not show. */
const SETTINGS: Readonly<Record<string, { readonly applicationId?: string; readonly writeFooter?: boolean }>> = {
  "edge-app-id-long": { applicationId: "a".repeat(200) },
  "edge-app-id-migrated": { applicationId: "my.app/v1.2 ü" },
  "edge-no-footer": { writeFooter: false },
};

/** Logs the data of a golden again. Returns the file. */
export async function replay(golden: Golden): Promise<string> {
  const path = join(OUTPUT, golden.file);
  const stores = golden.data.filter(({ kind }) => kind === "recording");
  const [blueprint] = golden.data.filter(({ kind }) => kind === "blueprint");
  if (stores.length === 0) {
    if (blueprint === undefined) throw new Error("there is nothing in it");
    await rr.saveBlueprint(rebuildBlueprint(blueprint), blueprint.application_id, path);
    return path;
  }
  if (stores.length === 1) {
    for (const store of stores) await replayStore(golden, store, path, blueprint);
    return path;
  }
  const parts = stores.map((_, index) => `${path}.${index}.rrd`);
  for (const [index, store] of stores.entries()) await replayStore(golden, store, parts[index] as string);
  const { code, output } = await runRerun(["rrd", "merge", ...parts, "-o", path]);
  if (code !== 0) throw new Error(output);
  return path;
}

async function replayStore(golden: Golden, store: StoredStore, path: string, stored?: StoredStore): Promise<void> {
  const { applicationId = store.application_id, writeFooter } = SETTINGS[golden.name] ?? {};
  const recording = new rr.RecordingStream(applicationId, optionsOf(golden, store));
  const blueprint = stored === undefined ? undefined : rebuildBlueprint(stored);
  const [makeActive = false, makeDefault = false] = stored?.activation ?? [];
  await recording.save(path, { writeFooter, defaultBlueprint: makeActive ? undefined : blueprint });
  for (const call of callsOf(store.log)) repeat(recording, call, golden.arrow_types);
  if (blueprint !== undefined && makeActive) recording.sendBlueprint(blueprint, { makeActive, makeDefault });
  await recording.close();
}

function optionsOf(golden: Golden, { recording_id: recordingId, log }: StoredStore): rr.types.RecordingOptions {
  const chunks = golden.data.filter(({ kind }) => kind === "recording").flatMap((store) => store.log);
  const listed = chunks.reduce((sum, { rows = 1 }) => sum + rows, 0);
  const logTick = log.some(({ time = {} }) => "log_tick" in time);
  return {
    recordingId,
    // The row that the SDK writes by itself is not listed, but counted.
    sendProperties: golden.rows > listed,
    // The index does not distinguish them, but goldens with one of them lack the other.
    logTime: !logTick,
    logTick,
    batcher: golden.test === "rows" ? undefined : batcherOf(log),
    strict: true,
    // Notices, such as that an application id is changed, are expected.
    onWarning: () => {},
  };
}

/** Each row is a chunk, unless the program asked for chunks of so many rows. */
function batcherOf(log: readonly StoredChunk[]): rr.types.BatcherConfig {
  const rows = Math.max(1, ...log.filter(({ via }) => via === "log").map((chunk) => chunk.rows ?? 1));
  return rows === 1 ? rr.BATCHER_PRESETS.always : { ...rr.BATCHER_PRESETS.never, flushNumRows: rows };
}
