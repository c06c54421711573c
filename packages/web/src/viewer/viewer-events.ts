import { RerunError } from "@rerun-ts/core";
import { describeValue } from "@rerun-ts/core/checks";

/** The recording of an event. */
export interface WebViewerEvent {
  /** The id of the application that has logged the recording. */
  readonly applicationId: string;
  /** The id of the recording to which the event applies. */
  readonly recordingId: string;
}

/** A part of a selection in a viewer. */
export type WebViewerSelectedItem =
  | {
      readonly kind: "entity";
      readonly entityPath: string;
      /** The index of the instance, such as a point. `undefined` for the whole entity. */
      readonly instanceId: number | undefined;
      /** The title of the view with the selection. */
      readonly viewName: string | undefined;
      /** The place of the selection in the view. */
      readonly position: readonly [number, number, number] | undefined;
    }
  | {
      readonly kind: "view";
      readonly viewId: string;
      /** Its title. */
      readonly viewName: string;
    }
  | {
      readonly kind: "container";
      readonly containerId: string;
      /** Its title. */
      readonly containerName: string;
    };

/** Files that a user has dropped on a viewer. */
export interface FileDropEvent {
  readonly files: readonly File[];
  /** Refuses them: the viewer opens none. */
  preventDefault(): void;
}

/** The events of a viewer in the page, by their names. */
export interface WebViewerEvents {
  /** A user has dropped files. Recordings and blueprints are opened after this event, unless a listener refuses. */
  filedrop: FileDropEvent;
  /**
   * A dropped file could not be opened. The message has its name. Without a listener the message is printed to the
   * console.
   */
  failure: RerunError;
  /** The time has changed: a sequence number, or nanoseconds, rounded above 2^53. */
  time: WebViewerEvent & { readonly time: number };
  /** Another timeline was chosen. */
  timeline: WebViewerEvent & { readonly timeline: string; readonly time: number };
  /** The time began to move. */
  play: WebViewerEvent;
  /** The time stopped. */
  pause: WebViewerEvent;
  /**
   * The selection, or the position within it, has changed. The event has the timeline and the time of the viewer, as in
   * `time`.
   */
  selection: WebViewerEvent & {
    readonly items: readonly WebViewerSelectedItem[];
    readonly timeline?: string;
    readonly time?: number;
  };
  /** A recording was opened. */
  recordingopen: WebViewerEvent & { readonly source: string };
}

/** The part of a `WebViewer` that reports events. */
interface Emitter {
  on(name: string, listener: (event: RawEvent) => void): () => void;
  get_active_timeline(recordingId: string): string | null;
  get_current_time(recordingId: string, timeline: string): number;
}

interface RawEvent {
  readonly application_id: string;
  readonly recording_id: string;
  readonly time?: number;
  readonly timeline?: string;
  readonly source?: string;
  readonly items?: readonly RawItem[];
}

interface RawItem {
  readonly type: "entity" | "view" | "container";
  readonly entity_path?: string;
  readonly instance_id?: number;
  readonly view_id?: string;
  readonly view_name?: string;
  readonly container_id?: string;
  readonly container_name?: string;
  readonly position?: readonly [number, number, number];
}

/** Events that the viewer does not report itself. */
export type OwnEventName = "filedrop" | "failure";

/** The viewer's names for its events. Empty for events that the viewer does not have. */
const NAMES: Readonly<Record<keyof WebViewerEvents, string>> = {
  time: "time_update",
  timeline: "timeline_change",
  play: "play",
  pause: "pause",
  selection: "selection_change",
  recordingopen: "recording_open",
  filedrop: "",
  failure: "",
};

export class WebViewerListeners {
  readonly #viewer: object;
  readonly #own = new Map<string, Set<(event: never) => void>>();

  constructor(viewer: object) {
    this.#viewer = viewer;
  }

  /** Calls `listener` for each event. Returns a function to end this. @throws {RerunError} `INVALID_ARGUMENT` */
  add<Name extends keyof WebViewerEvents>(name: Name, listener: (event: WebViewerEvents[Name]) => void): () => void {
    if (!Object.hasOwn(NAMES, name))
      throw new RerunError(
        "INVALID_ARGUMENT",
        `\`name\` must be one of ${Object.keys(NAMES).join(", ")}, got ${describeValue(name)}`,
        { argument: "name" },
      );
    if (typeof listener !== "function")
      throw new RerunError("INVALID_ARGUMENT", `\`listener\` must be a function, got ${describeValue(listener)}`, {
        argument: "listener",
      });
    const native = NAMES[name];
    const viewer = this.#viewer as Emitter;
    const momentOf = name === "selection" ? momentOfViewer : () => ({});
    if (native !== "")
      return viewer.on(native, (raw) =>
        listener({ ...eventOf(raw), ...momentOf(viewer, raw) } as unknown as WebViewerEvents[Name]),
      );
    const own = this.#own.get(name) ?? new Set();
    this.#own.set(name, own.add(listener));
    return () => own.delete(listener);
  }

  /** Reports an event. Returns whether anyone listens. */
  report<Name extends OwnEventName>(name: Name, event: WebViewerEvents[Name]): boolean {
    const listeners = [...(this.#own.get(name) ?? [])];
    for (const listener of listeners) listener(event as never);
    return listeners.length > 0;
  }
}

/** An event with the names of this API. */
function eventOf({ application_id, recording_id, time, timeline, source, items }: RawEvent): object {
  return {
    applicationId: application_id,
    recordingId: recording_id,
    ...(time === undefined ? {} : { time }),
    ...(timeline === undefined ? {} : { timeline }),
    ...(source === undefined ? {} : { source }),
    ...(items === undefined ? {} : { items: items.map(itemOf) }),
  };
}

/** The timeline and the time that a viewer shows. The viewer reports neither of them before they change. */
function momentOfViewer(viewer: Emitter, { recording_id: id }: RawEvent): { timeline?: string; time?: number } {
  const timeline = viewer.get_active_timeline(id);
  return timeline === null ? {} : { timeline, time: viewer.get_current_time(id, timeline) };
}

function itemOf(item: RawItem): object {
  const { type: kind, entity_path, instance_id, view_id, view_name, container_id, container_name, position } = item;
  if (kind === "view") return { kind, viewId: view_id, viewName: view_name };
  if (kind === "container") return { kind, containerId: container_id, containerName: container_name };
  return { kind, entityPath: entity_path, instanceId: instance_id, viewName: view_name, position };
}
