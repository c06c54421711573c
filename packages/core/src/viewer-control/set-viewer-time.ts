import { checkCallOptions, checkViewerText, int64Of, invalidViewerArgument } from "./viewer-arguments.ts";
import { callViewer, type ViewerConnection } from "./viewer-call.ts";
import type { SetViewerTime, ViewerTime } from "./viewer-call-types.ts";
import { PLAY_STATES, TIME_TYPES, wordOf } from "./viewer-enums.ts";

/** Moves the time of a recording: see `ViewerControl.setTime`. */
export async function setViewerTime(viewer: ViewerConnection, options: SetViewerTime): Promise<ViewerTime> {
  checkCallOptions("setTime", options, { recording: 1, timeline: 1, at: 1, play: 1 });
  const { recording, timeline, at, play } = options;
  if (timeline === undefined && at === undefined && play === undefined)
    throw invalidViewerArgument("options", "must have one of `timeline`, `at` and `play`", options);
  const playState = play === true ? "playing" : play === false ? "paused" : play;
  if (playState !== undefined && !Object.hasOwn(PLAY_STATES, playState))
    throw invalidViewerArgument("play", 'must be a boolean, "paused", "playing" or "following"', play);
  if (playState === "following" && at !== undefined)
    throw invalidViewerArgument("at", 'must be left out with `play: "following"`', at);
  const response = await callViewer(
    viewer,
    "setTimeCursor",
    {
      storeId: recording,
      timeline: timeline === undefined ? undefined : { name: checkViewerText("timeline", timeline) },
      time: at === undefined ? undefined : { time: int64Of(at) },
      playState: playState && PLAY_STATES[playState],
    },
    options,
  );
  return {
    recording: response.storeId,
    timeline: response.timeline?.name ?? "",
    kind: wordOf(TIME_TYPES, response.timeType),
    time: response.time?.time,
  };
}
