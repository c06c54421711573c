import { maskUrl } from "../checks/mask-url.ts";
import { isUrl } from "../checks/kind-of.ts";
import { isBlob, isUint8Array } from "../checks/kind-of.ts";
import { RerunError } from "../errors/rerun-error.ts";
import { followLink } from "./follow-link.ts";
import { pause } from "./pause.ts";
import { viewerStoreId } from "./store-id-text.ts";
import { checkingArgument, invalidViewerArgument } from "./viewer-arguments.ts";
import { callViewer, remainingTime, type ViewerConnection } from "./viewer-call.ts";
import { linkedSources, parseViewerLink, type ViewerLink } from "./viewer-link.ts";
import type {
  OpenedInViewer,
  OpenInViewer,
  SetViewerTime,
  ViewerCallOptions,
  ViewerLogEntry,
  ViewerSource,
  ViewerTime,
} from "./viewer-call-types.ts";
import type { ViewerState, ViewerStoreId } from "./viewer-state.ts";

/** The calls of a control that opening something takes. */
interface Opener {
  logs(options: ViewerCallOptions & { after?: bigint | undefined }): Promise<readonly ViewerLogEntry[]>;
  state(options: ViewerCallOptions): Promise<ViewerState>;
  location(options: ViewerCallOptions): Promise<string>;
  setLocation(location: string, options: ViewerCallOptions): Promise<void>;
  setTime(options: SetViewerTime): Promise<ViewerTime>;
}

type OpenUrl = (url: string, options: ViewerCallOptions) => Promise<OpenedInViewer>;

/** Opens sources one after the other: see `ViewerControl.open`. */
export async function openInViewer(
  viewer: Opener,
  connection: ViewerConnection,
  sources: readonly ViewerSource[],
  { navigate = true, ...limits }: OpenInViewer,
): Promise<OpenedInViewer> {
  const openUrl: OpenUrl = async (url, limitsOfCall) => {
    const { storeIds, loading: pending } = await callViewer(connection, "open", { url, navigate }, limitsOfCall);
    return { recordings: storeIds, loading: pending };
  };
  const remaining = remainingTime(limits);
  const recordings = new Set<string>();
  const loading = new Set<string>();
  const all = sources.flatMap((source): ViewerSource | readonly ViewerSource[] =>
    typeof source === "string" || isUrl(source) ? linkedSources(String(source)) : source,
  );
  for (const source of all) {
    const link = typeof source === "string" ? linkOf(source) : undefined;
    const opened =
      typeof source === "string"
        ? await openOne(viewer, openUrl, link?.source ?? source, remaining)
        : {
            recordings: await sendOne(
              viewer,
              connection,
              await bytesOf(source as Uint8Array | Blob),
              navigate,
              remaining,
            ),
            loading: [],
          };
    if (link !== undefined) await followLink(viewer, openUrl, link, opened, remaining);
    for (const id of opened.recordings) recordings.add(id);
    for (const one of opened.loading) loading.add(one);
  }
  return { recordings: [...recordings], loading: [...loading] };
}

/** The moment that a URL links to. The viewer itself follows links to segments of a dataset. */
function linkOf(url: string): ViewerLink | undefined {
  if (/\/dataset\/.*[?&]segment_id=/.test(url)) return undefined;
  return checkingArgument(() => parseViewerLink(url));
}

async function openOne(
  viewer: Opener,
  openUrl: OpenUrl,
  url: string,
  remaining: () => ViewerCallOptions,
): Promise<OpenedInViewer> {
  if (url === "") throw invalidViewerArgument("sources", "must be non-empty strings, URLs, bytes or blobs", url);
  const before = (await viewer.logs(remaining())).at(-1)?.sequence;
  const opened = await openUrl(url, remaining());
  // The viewer reports success even if a file is missing. Only its log has the reason.
  if (opened.recordings.length === 0 && opened.loading.length === 0) {
    const lines = await viewer.logs({ ...remaining(), after: before });
    const failure = lines.find(({ level }) => level === "ERROR");
    if (failure !== undefined)
      throw new RerunError("NOT_FOUND", `the viewer cannot open ${maskUrl(url)}: ${failure.message}`, {
        argument: "sources",
      });
  }
  return opened;
}

/** Sends the bytes of a recording, and waits until the viewer has the recording. */
async function sendOne(
  viewer: Opener,
  { send }: Pick<ViewerConnection, "send">,
  bytes: Uint8Array,
  navigate: boolean,
  remaining: () => ViewerCallOptions,
): Promise<readonly ViewerStoreId[]> {
  const { readEncodedMessages } = await import("../rrd/decode/encoded-messages.ts");
  const messages = readEncodedMessages(bytes);
  const stores = messages.map(({ storeId }) => storeId).filter(({ kind }) => kind === "recording");
  const ids = [...new Set(stores.map(viewerStoreId))];
  const before = navigate ? "" : await viewer.location(remaining());
  await send(messages, remaining());
  for (;;) {
    const limits = remaining();
    if (limits.timeoutMs === 0) throw new RerunError("TIMEOUT", "the viewer has not shown the recording in time");
    const { recordings } = await viewer.state(limits);
    const locations = ids.map((id) => recordings.find(({ storeId }) => storeId === id)?.location);
    if (locations.every((location) => location !== undefined)) {
      const target = navigate ? locations.at(-1) : before;
      if (target !== undefined && target !== "") await viewer.setLocation(target, remaining());
      return ids;
    }
    await pause();
  }
}

async function bytesOf(source: Uint8Array | Blob): Promise<Uint8Array> {
  if (isUint8Array(source)) return source;
  if (isBlob(source)) return new Uint8Array(await source.arrayBuffer());
  throw invalidViewerArgument("sources", "must be strings, URLs, bytes or blobs", source);
}
