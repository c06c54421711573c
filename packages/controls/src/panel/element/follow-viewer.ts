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
 * Follows the selection of a viewer: an element with the event `selection` of `<rerun-viewer>`. Returns a function that
 * ends this.
 */
export function followViewer(viewer: Element, onPick: OnPick): () => void {
  const listen = (event: Event): void => {
    const {
      items: [item] = [],
      applicationId,
      recordingId,
      timeline,
      time,
    } = (event as CustomEvent<ViewerEvent>).detail;
    if (item?.kind !== "entity" || item.entityPath === undefined) return;
    const { entityPath, instanceId: instance, position, viewName: view } = item;
    const optional = { instance, position, view, timeline, time };
    const known = Object.entries(optional).filter(([, value]) => value !== undefined);
    onPick({ entityPath, ...Object.fromEntries(known) }, applicationId, recordingId);
  };
  viewer.addEventListener("selection", listen);
  return () => viewer.removeEventListener("selection", listen);
}
