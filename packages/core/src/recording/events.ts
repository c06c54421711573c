import { checkOptions } from "../checks/check-arguments.ts";
import type { RerunError } from "../errors/rerun-error.ts";
import { invalidArgument } from "../checks/invalid-value-error.ts";
import type { DropReason, SinkState, SinkStats } from "../sink/sink.ts";

/** The events of a recording, by type. See {@link RecordingStream.addEventListener}. */
export interface RecordingEvents {
  /** A sink changed its state. `error` is the reason if the state is `broken`. */
  statechange: {
    readonly sink: SinkStats;
    readonly state: SinkState;
    readonly previous: SinkState;
    readonly error?: RerunError | undefined;
  };
  /** A sink dropped data. */
  drop: { readonly sink: SinkStats; readonly rows: number; readonly bytes: number; readonly reason: DropReason };
  /** Invalid data was logged, or something else needs attention. Each distinct problem is reported once. */
  warning: { readonly warning: RerunError };
  /** A sink or a call failed. */
  error: { readonly sink?: SinkStats | undefined; readonly error: RerunError };
}

/** A function for events of one type. */
export type RecordingListener<Type extends keyof RecordingEvents> = (event: RecordingEvents[Type]) => void;

/** Options of {@link RecordingStream.addEventListener}. */
export interface RecordingListenerOptions {
  /** Removes the listener after its first event. Default `false`. */
  once?: boolean | undefined;
  /** Removes the listener when this signal is aborted. Default: none. */
  signal?: AbortSignal | undefined;
}

/** The types of events. */
const EVENTS: readonly (keyof RecordingEvents)[] = ["statechange", "drop", "warning", "error"];

interface Registration {
  readonly listener: (event: never) => void;
  readonly once: boolean;
  /** Number of calls of the listener that have not returned. */
  running: number;
}

/**
 * The event listeners of a recording.
 *
 * This class is not an `EventTarget`, so that events are plain objects with checked types and work in any runtime.
 * `emit` calls the listeners synchronously, in the order in which they were added. Adding or removing a listener during
 * an event takes effect with the next event. Errors that a listener throws are passed to `onThrow`, and the other
 * listeners are still called.
 */
export class EventHub {
  readonly #listeners = new Map<keyof RecordingEvents, Registration[]>();
  readonly #onThrow: (error: unknown) => void;
  /**
   * Whether the process ends in a listener. That listener is not called again, because it would end the process again.
   */
  isEnding = false;

  constructor(onThrow: (error: unknown) => void) {
    this.#onThrow = onThrow;
  }

  /** Adds a listener. A listener that was already added for this type, or whose signal is aborted, is ignored. @throws {TypeError} */
  add<Type extends keyof RecordingEvents>(
    type: Type,
    listener: RecordingListener<Type>,
    options?: RecordingListenerOptions,
  ): void {
    if (!EVENTS.includes(type)) throw invalidArgument("type", `one of ${EVENTS.join(", ")}`, type);
    if (typeof listener !== "function") throw invalidArgument("listener", "a function", listener);
    checkOptions("addEventListener", options, { once: "boolean", signal: 1 });
    const { once = false, signal } = options ?? {};
    if (signal?.aborted === true) return;
    const list = this.#listeners.get(type) ?? [];
    if (list.some((registration) => registration.listener === listener)) return;
    this.#listeners.set(type, [...list, { listener, once, running: 0 }]);
    signal?.addEventListener("abort", () => this.remove(type, listener), { once: true });
  }

  /** Removes a listener. Ignores listeners that were never added. */
  remove<Type extends keyof RecordingEvents>(type: Type, listener: RecordingListener<Type>): void {
    const list = this.#listeners.get(type) ?? [];
    this.#listeners.set(
      type,
      list.filter((registration) => registration.listener !== listener),
    );
  }

  /** Calls all listeners of this type. Returns whether there was one. */
  emit<Type extends keyof RecordingEvents>(type: Type, event: RecordingEvents[Type]): boolean {
    const list = this.#listeners.get(type) ?? [];
    for (const registration of list) {
      const listener = registration.listener as RecordingListener<Type>;
      if (this.isEnding && registration.running > 0) continue;
      if (registration.once) this.remove(type, listener);
      registration.running++;
      try {
        listener(event);
      } catch (error) {
        this.#onThrow(error);
      }
      registration.running--;
    }
    return list.length > 0;
  }
}
