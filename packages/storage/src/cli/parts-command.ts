import { RerunError } from "@rerun-ts/core";
import type { CommandContext, FlagValues, ValuesOf } from "rerun-ts/command";
import { counted } from "@rerun-ts/core/util";
import { describeBytes } from "@rerun-ts/node/files";
import { checkDataset } from "../parts/part-key.ts";
import { findDamagedParts, type DamagedPart, type PartsReport } from "../mend/damaged-parts.ts";
import { mendPart, type MendedPart } from "../mend/mend-part.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { existingStoreOf } from "./open-store.ts";
import type { PARTS_CHECK } from "./parts-check-table.ts";
import type { PARTS_FLAGS } from "./parts-flags.ts";
import type { PARTS_MEND } from "./parts-mend-table.ts";

/** Runs `rerun-ts parts check`. */
export function checkParts(values: ValuesOf<typeof PARTS_CHECK>, context: CommandContext): Promise<void> {
  return run(values, { mends: false, dryRun: false }, context);
}

/** Runs `rerun-ts parts mend`. */
export function mendParts(values: ValuesOf<typeof PARTS_MEND>, context: CommandContext): Promise<void> {
  return run(values, { mends: true, dryRun: values["dry-run"] }, context);
}

type Values = FlagValues<typeof PARTS_FLAGS> & { readonly positionals: readonly string[] };

async function run(
  values: Values,
  { mends, dryRun }: { readonly mends: boolean; readonly dryRun: boolean },
  context: CommandContext,
): Promise<void> {
  const {
    dataset,
    positionals: [url = ""],
  } = values;
  const store = await existingStoreOf("STORE", url, values, context);
  let status = `Looking for parts of ${dataset}`;
  const hideStatus = context.showStatus(() => status);
  try {
    const choice = {
      dataset: checkDataset(dataset),
      recordingIds: values.recording,
      readsAll: values.bytes,
      onProgress: (count: number) => (status = `Checked ${count} parts`),
    };
    const report = await findDamagedParts(store, choice);
    const { checked, damaged, unreadable, records } = report;
    const { mended, failed } = await mendAll(store, dataset, mends ? damaged : [], dryRun, (text) => (status = text));
    hideStatus();
    if (values.json) console.log(context.toJson({ ...report, mended, ...(mends && { failed }) }, 2));
    else show(report, mended, dryRun, context);
    for (const { error } of failed) context.warn(error.message);
    if (checked + damaged.length + unreadable.length + records.length === 0)
      context.warn(
        `${store.url} has no parts of ${values.recording === undefined ? "" : "these recordings of "}the dataset ${dataset}`,
      );
    // Whatever is mended needs nobody any more.
    if (unreadable.length + records.length > 0 || damaged.length > (dryRun ? 0 : mended.length)) process.exitCode = 1;
  } finally {
    hideStatus();
  }
}

interface Mended {
  readonly mended: readonly MendedPart[];
  readonly failed: readonly { readonly key: string; readonly error: RerunError }[];
}

/** Mends parts. One that fails does not keep the others. */
async function mendAll(
  store: ObjectStore,
  dataset: string,
  damaged: readonly DamagedPart[],
  dryRun: boolean,
  onProgress: (text: string) => void,
): Promise<Mended> {
  const mended: MendedPart[] = [];
  const failed: Mended["failed"][number][] = [];
  const mendable = damaged.filter(({ isMendable }) => isMendable);
  for (const [index, part] of mendable.entries()) {
    onProgress(`Mending part ${index + 1} of ${mendable.length}, ${describeBytes(part.size)}`);
    try {
      mended.push(await mendPart(store, dataset, part, dryRun));
    } catch (error) {
      failed.push({ key: part.key, error: RerunError.from(error) });
    }
  }
  return { mended, failed };
}

function show(
  { checked, damaged, unreadable, records }: PartsReport,
  mended: readonly MendedPart[],
  dryRun: boolean,
  { print }: CommandContext,
): void {
  for (const { key, reason } of records)
    print(`${key} cannot be read, so the parts that depend on it were not checked: ${reason}`);
  for (const { key, size, reason } of unreadable) print(`${key} (${describeBytes(size)}) cannot be read: ${reason}`);
  for (const { key, size, reason } of damaged) print(`${key} (${describeBytes(size)}) is damaged: ${reason}`);
  if (damaged.some(({ isMendable }) => !isMendable))
    print("Restore parts of ingesters and compactors from a version or a copy of the bucket: `mend` leaves them.");
  const would = dryRun ? "would be " : "";
  for (const { mendedKey, keptKey, chunks, lostBytes } of mended) {
    if (mendedKey !== undefined)
      print(`${mendedKey} ${would}written: ${chunks} whole chunks, ${describeBytes(lostBytes)} lost`);
    print(`${keptKey} ${would}kept: the damaged part`);
  }
  const unread = [
    ...(unreadable.length === 0 ? [] : [`${unreadable.length} cannot be read, `]),
    ...(records.length === 0 ? [] : [`${counted(records.length, "record", "records")} cannot be read, `]),
  ].join("");
  print(`${checked} parts checked, ${unread}${damaged.length} damaged, ${dryRun ? 0 : mended.length} mended`);
}
