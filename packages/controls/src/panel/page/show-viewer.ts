/** The part of the class `WebViewer` that is needed here. */
interface Viewer {
  start(urls: readonly string[], parent: HTMLElement, options: object): Promise<void>;
  on(name: "selection_change", listener: (event: ViewerEvent) => void): void;
  get_active_timeline(recordingId: string): string | null;
  get_current_time(recordingId: string, timeline: string): number;
}

interface ViewerEvent {
  readonly application_id: string;
  readonly recording_id: string;
  readonly items?: readonly {
    readonly type: string;
    readonly entity_path?: string;
    readonly instance_id?: number;
    readonly view_name?: string;
    readonly position?: readonly [number, number, number];
  }[];
}

/**
 * Starts the viewer whose files are on the server of the page. Its selection becomes that of the element.
 *
 * @param urls what it shows
 * @param readToken the token for reading. Empty: none is needed
 */
export async function showViewer(element: HTMLElement, urls: readonly string[], readToken: string): Promise<void> {
  const module = new URL("/index.js", location.href).href;
  const { WebViewer } = (await import(module)) as { WebViewer: new () => Viewer };
  const viewer = new WebViewer();
  await viewer.start(urls, element, {
    width: "100%",
    height: "100%",
    hide_welcome_screen: true,
    allow_fullscreen: false,
    check_for_updates_on_startup: false,
    ...(readToken !== "" && { fallback_token: readToken }),
  });
  viewer.on("selection_change", (event) => {
    const timeline = viewer.get_active_timeline(event.recording_id);
    const moment = timeline !== null && { timeline, time: viewer.get_current_time(event.recording_id, timeline) };
    element.dispatchEvent(new CustomEvent("selection", { detail: { ...detailOf(event), ...moment } }));
  });
}

function detailOf({ application_id, recording_id, items }: ViewerEvent): object {
  return {
    applicationId: application_id,
    recordingId: recording_id,
    items: items?.map(({ type, entity_path, instance_id, view_name, position }) => ({
      kind: type,
      entityPath: entity_path,
      instanceId: instance_id,
      viewName: view_name,
      position,
    })),
  };
}
