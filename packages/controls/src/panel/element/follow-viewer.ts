import type { PickMessage } from "../../protocol.ts";

/** The part of an event of `<rerun-viewer>` that is needed here. */
interface ViewerEvent {
  readonly applicationId: string;
  readonly recordingId: string;
  readonly timeline?: string;
  readonly time?: number;
  readonly items?: readonly SelectedItem[];
}

interface SelectedItem {
  readonly kind: string;
  readonly entityPath?: string;
  readonly instanceId?: number | undefined;
  readonly viewName?: string | undefined;
  readonly position?: readonly [number, number, number] | undefined;
}

/** A click in the viewer, with the ids of its application and its recording. */
export type OnPick = (pick: PickMessage, applicationId: string, recordingId: string) => void;

/**
 * Follows the selection of a viewer: an element with the events `selection`, `time` and `timeline` of `<rerun-viewer>`.
 * Returns a function that ends this.
 */
export function followViewer(viewer: Element, onPick: OnPick): () => void {
  const end = new AbortController();
  let moment: { readonly timeline?: string; readonly time?: number } = {};
  const listen = (name: string, listener: (event: ViewerEvent) => void): void =>
    viewer.addEventListener(name, (event) => listener((event as CustomEvent<ViewerEvent>).detail), {
      signal: end.signal,
    });
  const follow = ({ timeline = moment.timeline, time = moment.time }: ViewerEvent): void => {
    moment = { ...(timeline !== undefined && { timeline }), ...(time !== undefined && { time }) };
  };
  listen("time", follow);
  listen("timeline", follow);
  listen("selection", ({ items: [item] = [], applicationId, recordingId }) => {
    if (item?.kind !== "entity" || item.entityPath === undefined) return;
    const { entityPath, instanceId: instance, position, viewName: view } = item;
    const optional = { instance, position, view };
    const known = Object.entries(optional).filter(([, value]) => value !== undefined);
    onPick({ entityPath, ...Object.fromEntries(known), ...moment }, applicationId, recordingId);
  });
  return () => end.abort();
}
