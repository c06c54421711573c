import type { ReplayViewer } from "../element/viewer-link.ts";

/** The part of Rerun's own class `WebViewer` that is needed here. */
export interface RawViewer {
  on(name: string, listener: (event: { readonly time?: number; readonly timeline?: string }) => void): () => void;
  get_state(): Promise<{
    readonly active_store_id?: string;
    readonly recordings: readonly {
      readonly store_id: string;
      readonly current_time?: { readonly timeline: string; readonly time?: bigint };
    }[];
  }>;
  set_time(options: object): Promise<void>;
}

/** The viewer of a page with recordings as a viewer for a replay. */
export function linkWebViewer(viewer: RawViewer): ReplayViewer {
  const active = async () => {
    const { active_store_id: id, recordings } = await viewer.get_state();
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
      let hasTime = false;
      const current = async () => (await active().catch(() => undefined))?.current_time;
      const onEvent = async (event: { readonly time?: number; readonly timeline?: string }): Promise<void> => {
        hasTime ||= event.time !== undefined;
        timeline = event.timeline ?? timeline ?? (await current())?.timeline;
        if (event.time !== undefined) listener(event.time, timeline);
      };
      // The viewer reports its time when it changes, which may have been before.
      const begin = async (): Promise<void> => {
        const now = await current();
        if (!hasTime && now?.time !== undefined) listener(Number(now.time), now.timeline);
      };
      void begin();
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
