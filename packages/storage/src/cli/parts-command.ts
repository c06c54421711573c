import { UsageError, parseCommand, showStatus, unknownName } from "rerun-ts/command";
import { describeBytes } from "@rerun-ts/node/files";
import { checkDataset } from "../parts/part-key.ts";
import { findDamagedParts, type DamagedPart } from "../mend/damaged-parts.ts";
import { mendPart, type MendedPart } from "../mend/mend-part.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { STORE_FLAGS, existingStoreOf } from "./store-flags.ts";

const FLAGS = {
  ...STORE_FLAGS,
  dataset: { type: "string" },
  recording: { type: "string", multiple: true },
  bytes: { type: "boolean" },
  "dry-run": { type: "boolean" },
  json: { type: "boolean" },
} as const;

/** Runs `rerun-ts parts check` and `rerun-ts parts mend`. @throws {UsageError} if the command line is wrong */
export async function parts([name = "", ...args]: string[]): Promise<void> {
  if (name !== "check" && name !== "mend") throw unknownName("command", name, ["check", "mend"]);
  const { values, positionals } = parseCommand(args, FLAGS);
  const [url, ...others] = positionals;
  if (url === undefined || others.length > 0)
    throw new UsageError(`\`parts ${name}\` requires one STORE: s3://BUCKET/PREFIX, or a folder`);
  const { dataset = "", recording: recordingIds, json: isJson = false } = values;
  if (dataset === "") throw new UsageError("`--dataset` is required: its name");
  const dryRun = values["dry-run"] === true;
  if (dryRun && name === "check")
    throw new UsageError("`--dry-run` is for `parts mend`: `parts check` changes nothing");
  const store = await existingStoreOf("STORE", url, values);
  let status = `Looking for parts of ${dataset}`;
  const hideStatus = showStatus(() => status);
  try {
    const choice = {
      dataset: checkDataset(dataset),
      recordingIds,
      readsAll: values.bytes === true,
      onProgress: (count: number) => (status = `Checked ${count} parts`),
    };
    const { checked, damaged } = await findDamagedParts(store, choice);
    const mended = name === "mend" ? await mendAll(store, dataset, damaged, dryRun) : [];
    hideStatus();
    if (isJson) console.log(JSON.stringify({ checked, damaged, mended }, undefined, 2));
    else show(checked, damaged, mended, dryRun);
    // Whatever is mended needs nobody any more.
    if (damaged.length > (dryRun ? 0 : mended.length)) process.exitCode = 1;
  } finally {
    hideStatus();
  }
}

async function mendAll(
  store: ObjectStore,
  dataset: string,
  damaged: readonly DamagedPart[],
  dryRun: boolean,
): Promise<readonly MendedPart[]> {
  const mended: MendedPart[] = [];
  for (const part of damaged) if (part.isMendable) mended.push(await mendPart(store, dataset, part, dryRun));
  return mended;
}

function show(checked: number, damaged: readonly DamagedPart[], mended: readonly MendedPart[], dryRun: boolean): void {
  for (const { key, size, reason } of damaged) console.log(`${key} (${describeBytes(size)}) is damaged: ${reason}`);
  if (damaged.some(({ isMendable }) => !isMendable))
    console.log(
      "Restore parts of ingesters and compactors from a version or a copy of the bucket: `mend` leaves them.",
    );
  const would = dryRun ? "would be " : "";
  for (const { mendedKey, keptKey, chunks, lostBytes } of mended) {
    if (mendedKey !== undefined)
      console.log(`${mendedKey} ${would}written: ${chunks} whole chunks, ${describeBytes(lostBytes)} lost`);
    console.log(`${keptKey} ${would}kept: the damaged part`);
  }
  console.log(`${checked} parts checked, ${damaged.length} damaged, ${dryRun ? 0 : mended.length} mended`);
}
