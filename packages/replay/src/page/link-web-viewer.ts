import type { ReplayViewer } from "../element/viewer-link.ts";

/** The part of Rerun's own class `WebViewer` that is needed here. */
export interface RawViewer {
  on(name: string, listener: (event: { readonly time?: number; readonly timeline?: string }) => void): () => void;
  get_state(): Promise<{
    readonly active_recording?: string;
    readonly recordings: readonly { readonly store_id: string; readonly timeline?: string }[];
  }>;
  set_time(options: object): Promise<void>;
}

/** The viewer of a page with recordings as a viewer for a replay. */
export function linkWebViewer(viewer: RawViewer): ReplayViewer {
  const active = async () => {
    const { active_recording: id, recordings } = await viewer.get_state();
    return recordings.find(({ store_id }) => store_id === id) ?? recordings[0];
  };
  let wanted: bigint | undefined;
  let isSetting = false;
  let playState: string | undefined;
  const set = async (): Promise<void> => {
    if (isSetting) return;
    isSetting = true;
    // Of many times of a slider, the last one counts.
    while (wanted !== undefined) {
      const sequence = wanted;
      wanted = undefined;
      const recording = (await active())?.store_id;
      await viewer.set_time({ recording, timeline: "log_time", sequence, play_state: playState ?? "paused" });
    }
    isSetting = false;
  };
  const setLater = (): void => void set().catch(() => (isSetting = false));
  return {
    subscribe(listener) {
      let timeline: string | undefined;
      const onEvent = async (event: { readonly time?: number; readonly timeline?: string }): Promise<void> => {
        timeline = event.timeline ?? timeline ?? (await active().catch(() => undefined))?.timeline;
        if (event.time !== undefined) listener(event.time, timeline);
      };
      const ends = ["time_update", "timeline_change"].map((name) => viewer.on(name, (event) => void onEvent(event)));
      return () => {
        for (const end of ends) end();
      };
    },
    show(time) {
      wanted = time;
      setLater();
    },
    play(isPlaying) {
      playState = isPlaying ? "playing" : "paused";
      void active()
        .then((recording) => viewer.set_time({ recording: recording?.store_id, play_state: playState }))
        .catch(() => {});
    },
  };
}
