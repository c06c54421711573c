import { describeBytes } from "@rerun-ts/node/files";
import type { CommandContext, ValuesOf } from "rerun-ts/command";
import { shareAppLink } from "../share/share-app-link.ts";
import { deleteSharedLink, shareLink, type SharedLink } from "../share/share-link.ts";
import type { ObjectStore } from "../store/object-store.ts";
import { durationOf } from "./duration-flag.ts";
import { storeOf } from "./open-store.ts";
import type { SHARE } from "./share-table.ts";

const SECOND_MS = 1000;

/** Runs `rerun-ts share`. @throws {UsageError} if the command line is wrong */
export async function share(values: ValuesOf<typeof SHARE>, context: CommandContext): Promise<void> {
  const { positionals, at, title, viewer, assets: viewerFiles, delete: link } = values;
  if ((positionals.length === 0) === (link === undefined))
    throw context.usageError("`share` requires at least one file, or `--delete LINK` without files");
  const store = await storeOf("--to", values.to, values, context);
  if (link !== undefined) return deleteSharedLink(link, store);
  const expiresMs = durationOf("--expires", values.expires, context);
  const expiresSeconds = expiresMs === undefined ? undefined : Math.ceil(expiresMs / SECOND_MS);
  const shared = values.app
    ? await shareInApp(positionals, expiresSeconds, store, context)
    : await shareLink(positionals, store, { at, title, viewer, viewerFiles, expiresSeconds });
  console.error(`Uploaded ${store.url}/${shared.key} (${describeBytes(shared.bytes)})`);
  // Everyone who has the link can read the page, so it is printed here alone.
  console.log(shared.link);
}

async function shareInApp(
  paths: readonly string[],
  expiresSeconds: number | undefined,
  store: ObjectStore,
  { usageError, warn }: CommandContext,
): Promise<SharedLink> {
  const [path = "", ...others] = paths;
  if (others.length > 0) throw usageError(`\`--app\` takes one file, got ${paths.length}`);
  warn("the server of app.rerun.io sees the signed address of the recording, and Rerun 0.41 ignores times of links");
  return shareAppLink(path, store, { expiresSeconds });
}
