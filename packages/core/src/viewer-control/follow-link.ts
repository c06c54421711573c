import { RerunError } from "../errors/rerun-error.ts";
import { pause } from "./pause.ts";
import type { OpenedInViewer, SetViewerTime, ViewerCallOptions, ViewerTime } from "./viewer-call-types.ts";
import type { ViewerLink } from "./viewer-link.ts";
import type { ViewerRecording, ViewerState } from "./viewer-state.ts";

/** For a recording from a viewer's own catalog, the application id is the id of the dataset. */
const DATASET = /^Recording:([\dA-F]{32}):/iu;

/** The calls of a control that following a link takes. */
interface Follower {
  state(options: ViewerCallOptions): Promise<ViewerState>;
  setLocation(location: string, options: ViewerCallOptions): Promise<void>;
  setTime(options: SetViewerTime): Promise<ViewerTime>;
}

/** Shows the moment of a link, whose source was opened. */
export async function followLink(
  viewer: Follower,
  openUrl: (url: string, options: ViewerCallOptions) => Promise<OpenedInViewer>,
  link: ViewerLink,
  opened: OpenedInViewer,
  remaining: () => ViewerCallOptions,
): Promise<void> {
  const { recording: id, when, selection } = link;
  const { state, recording } = await untilLoaded(viewer, link, opened, remaining);
  if (id !== undefined && state.activeRecording !== recording.storeId)
    await viewer.setLocation(recording.location, remaining());
  if (selection !== undefined) {
    const [, dataset] = DATASET.exec(recording.storeId) ?? [];
    const { catalogUrl } = state;
    if (dataset === undefined || catalogUrl === undefined || catalogUrl === "")
      throw new RerunError(
        "UNSUPPORTED",
        "`selection` of a link needs a recording of a file in the native viewer: viewers of Rerun 0.41 cannot select " +
          "in others",
      );
    const segment = encodeURIComponent(recording.storeId.slice(recording.storeId.lastIndexOf(":") + 1));
    await openUrl(`${catalogUrl}/dataset/${dataset}?segment_id=${segment}#selection=${selection}`, remaining());
  }
  // Last, because opening starts to play.
  if (when !== undefined) await viewer.setTime({ ...remaining(), recording: recording.storeId, ...when, play: false });
}

/** Waits until the viewer has the recording of a link, with its timeline. */
async function untilLoaded(
  viewer: Follower,
  { recording: id, when, source }: ViewerLink,
  { recordings: opened }: OpenedInViewer,
  remaining: () => ViewerCallOptions,
): Promise<{ state: ViewerState; recording: ViewerRecording }> {
  for (;;) {
    const limits = remaining();
    const state = await viewer.state(limits);
    const all = state.recordings.filter(({ storeId }) => opened.length === 0 || opened.includes(storeId));
    const active = all.find(({ storeId }) => storeId === state.activeRecording) ?? all[0];
    const recording = id === undefined ? active : all.find(({ storeId }) => storeId.endsWith(`:${id}`));
    const isLoaded =
      recording !== undefined && (when === undefined || recording.timelines.some(({ name }) => name === when.timeline));
    if (isLoaded) return { state, recording };
    if (state.loading.length === 0 && all.length > 0 && all.every(({ timelines }) => timelines.length > 0))
      throw missing(id, when?.timeline, recording, all);
    if (limits.timeoutMs === 0)
      throw new RerunError("TIMEOUT", `the viewer has not loaded ${source} in time to follow the link`);
    await pause();
  }
}

function missing(
  id: string | undefined,
  timeline: string | undefined,
  recording: ViewerRecording | undefined,
  all: readonly ViewerRecording[],
): RerunError {
  if (recording === undefined)
    return new RerunError(
      "NOT_FOUND",
      `the link's recording ${JSON.stringify(id)} is not there; there are: ${all.map(({ storeId }) => storeId).join(", ")}`,
    );
  const names = recording.timelines.map(({ name }) => JSON.stringify(name)).join(", ");
  return new RerunError(
    "NOT_FOUND",
    `the link's timeline ${JSON.stringify(timeline)} is not in the recording; its timelines are: ${names}`,
  );
}
