import type { RerunError } from "../errors.ts";
import type { DropReason, SinkState, SinkStats } from "../sink/sink.ts";

/** The events of a recording, by type. */
export interface RecordingEvents {
  /** A sink changed its state. */
  statechange: {
    readonly sink: SinkStats;
    readonly state: SinkState;
    readonly previous: SinkState;
    readonly error?: RerunError | undefined;
  };
  /** Data was given up. */
  drop: { readonly sink: SinkStats; readonly rows: number; readonly bytes: number; readonly reason: DropReason };
  /** Something was logged wrongly, or deserves attention; each distinct problem comes once. */
  warning: { readonly warning: RerunError };
  /** A sink or a call failed. */
  error: { readonly sink?: SinkStats | undefined; readonly error: RerunError };
}

/** A function that is called with events of one type. */
export type RecordingListener<Type extends keyof RecordingEvents> = (event: RecordingEvents[Type]) => void;

/** How long a listener is called. */
export interface RecordingListenerOptions {
  /** Only for the next event. Default `false`. */
  once?: boolean | undefined;
  /** Until this fires. */
  signal?: AbortSignal | undefined;
}

interface Registration {
  readonly listener: (event: never) => void;
  readonly once: boolean;
}

/** Keeps listeners and calls them; what they throw goes to `onThrow`. */
export class EventHub {
  readonly #listeners = new Map<keyof RecordingEvents, Registration[]>();
  readonly #onThrow: (error: unknown) => void;

  constructor(onThrow: (error: unknown) => void) {
    this.#onThrow = onThrow;
  }

  add<Type extends keyof RecordingEvents>(
    type: Type,
    listener: RecordingListener<Type>,
    options?: RecordingListenerOptions,
  ): void {
    const { once = false, signal } = options ?? {};
    if (signal?.aborted === true) return;
    const list = this.#listeners.get(type) ?? [];
    if (list.some((registration) => registration.listener === listener)) return;
    this.#listeners.set(type, [...list, { listener, once }]);
    signal?.addEventListener("abort", () => this.remove(type, listener), { once: true });
  }

  remove<Type extends keyof RecordingEvents>(type: Type, listener: RecordingListener<Type>): void {
    this.#listeners.set(
      type,
      (this.#listeners.get(type) ?? []).filter((registration) => registration.listener !== listener),
    );
  }

  /** Calls the listeners of this type. Returns whether there was any. */
  emit<Type extends keyof RecordingEvents>(type: Type, event: RecordingEvents[Type]): boolean {
    const list = this.#listeners.get(type) ?? [];
    for (const { listener, once } of list) {
      if (once) this.remove(type, listener as RecordingListener<Type>);
      try {
        (listener as RecordingListener<Type>)(event);
      } catch (error) {
        this.#onThrow(error);
      }
    }
    return list.length > 0;
  }
}
