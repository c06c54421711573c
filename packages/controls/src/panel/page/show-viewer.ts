/** The part of the class `WebViewer` that is needed here. */
interface Viewer {
  start(urls: readonly string[], parent: HTMLElement, options: object): Promise<void>;
  on(name: string, listener: (event: ViewerEvent) => void): void;
}

interface ViewerEvent {
  readonly application_id: string;
  readonly recording_id: string;
  readonly timeline?: string;
  readonly time?: number;
  readonly items?: readonly {
    readonly type: string;
    readonly entity_path?: string;
    readonly instance_id?: number;
    readonly view_name?: string;
    readonly position?: readonly [number, number, number];
  }[];
}

/** The names that the element `<rerun-viewer>` has for events of the viewer. */
const EVENTS = { selection_change: "selection", time_update: "time", timeline_change: "timeline" };

/**
 * Starts the viewer whose files are on the server of the page. Its events become those of the element.
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
  for (const [name, own] of Object.entries(EVENTS))
    viewer.on(name, (event) => element.dispatchEvent(new CustomEvent(own, { detail: detailOf(event) })));
}

function detailOf({ application_id, recording_id, timeline, time, items }: ViewerEvent): object {
  return {
    applicationId: application_id,
    recordingId: recording_id,
    timeline,
    time,
    items: items?.map(({ type, entity_path, instance_id, view_name, position }) => ({
      kind: type,
      entityPath: entity_path,
      instanceId: instance_id,
      viewName: view_name,
      position,
    })),
  };
}
