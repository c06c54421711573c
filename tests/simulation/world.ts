/**
 * The real `setImmediate`, which lets the event loop run pending work. This module takes it before anybody replaces it.
 */
const realImmediate = setImmediate;
/** After so many events the event loop has a turn, for the time limit of the test among others. */
const TICKS = 1000;
let settled = 0;
/** The simulated date at which every simulation begins. */
const EPOCH_MS = 1_700_000_000_000;

/** The replacements of the globals of a simulated program. */
export interface Globals {
  readonly setTimeout: (callback: () => void, delay?: number) => Timer;
  readonly clearTimeout: (timer?: Timer) => void;
  readonly setInterval: (callback: () => void, delay?: number) => Timer;
  readonly clearInterval: (timer?: Timer) => void;
  readonly setImmediate: (callback: () => void) => Timer;
  readonly performance: { readonly timeOrigin: number; now(): number };
  readonly Date: DateConstructor;
  readonly Math: Math;
  readonly crypto: { getRandomValues<T extends Uint8Array>(bytes: T): T };
  readonly Blob: unknown;
  readonly document: SimulatedPage;
  readonly addEventListener: SimulatedPage["addEventListener"];
  readonly removeEventListener: SimulatedPage["removeEventListener"];
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** The class of sockets, in worlds whose programs open them by themselves. */
  readonly WebSocket?: unknown;
}

type PageListener = (event: { readonly persisted: boolean }) => void;

/** The events of a page: the events of its window and of its document, whose names differ. */
export class SimulatedPage {
  visibilityState: "visible" | "hidden" = "visible";
  readonly #listeners = new Map<string, Set<PageListener>>();

  /** The window is the document's, too. */
  get defaultView(): this {
    return this;
  }

  readonly addEventListener = (type: string, listener: PageListener): void => {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  };

  readonly removeEventListener = (type: string, listener: PageListener): void => {
    this.#listeners.get(type)?.delete(listener);
  };

  /** The user leaves the page, which the browser keeps in its back/forward cache. */
  leave(): void {
    this.#emit("pagehide");
    this.visibilityState = "hidden";
    this.#emit("visibilitychange");
  }

  /** The user comes back. */
  restore(): void {
    this.visibilityState = "visible";
    this.#emit("visibilitychange");
  }

  #emit(type: string): void {
    for (const listener of new Set(this.#listeners.get(type))) listener({ persisted: true });
  }
}

/** Something that will happen. */
interface Timer {
  at: number;
  readonly callback: () => void;
  isCancelled: boolean;
  unref(): Timer;
  ref(): Timer;
}

/** A body of a request, which the simulated network reads, without the threads of a real `Blob`. */
export class SimulatedBlob {
  readonly bytes: Uint8Array;

  constructor(parts: readonly Uint8Array[]) {
    this.bytes = Buffer.concat(parts);
  }
}

/**
 * A world with a clock, timers and random numbers of its own: all that happens follows from its seed. Time passes from
 * one event to the next without waiting.
 */
export class World {
  /** The time in milliseconds since the beginning. */
  now = 0;
  readonly globals: Globals;
  readonly page: SimulatedPage = new SimulatedPage();
  /** The replacement of the global `fetch`. */
  fetch: Globals["fetch"] = () => Promise.reject(new TypeError("fetch failed"));
  #events: Timer[] = [];
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
    this.globals = this.#createGlobals();
  }

  /** A random number from 0 to 1. Source: mulberry32. */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Lets something happen after a while. */
  after(delay: number, callback: () => void): Timer {
    const timer: Timer = {
      at: this.now + Math.max(0, delay),
      callback,
      isCancelled: false,
      unref: () => timer,
      ref: () => timer,
    };
    this.#insert(timer);
    return timer;
  }

  /**
   * Lets time pass until `end`, or until `isDone` holds. Returns whether it holds. The work of the program between two
   * events has no duration.
   */
  async runUntil(end: number, isDone: () => boolean = () => false): Promise<boolean> {
    let isSettled = false;
    for (;;) {
      if (!isSettled) await settle();
      isSettled = false;
      if (isDone()) return true;
      const event = this.#events[0];
      if (event === undefined || event.at > end) {
        this.now = Math.max(this.now, Math.min(end, Number.MAX_SAFE_INTEGER));
        return false;
      }
      this.#events.shift();
      isSettled = event.isCancelled;
      if (isSettled) continue;
      this.now = event.at;
      event.callback();
    }
  }

  /** Inserts an event in order of time; events of one time happen in the order in which they were planned. */
  #insert(timer: Timer): void {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle] as Timer).at <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, timer);
  }

  #createGlobals(): Globals {
    const cancel = (timer?: Timer): void => {
      if (timer !== undefined) timer.isCancelled = true;
    };
    const repeat = (callback: () => void, delay = 0): Timer => {
      const timer = this.after(Math.max(1, delay), () => {
        timer.at = this.now + Math.max(1, delay);
        this.#insert(timer);
        callback();
      });
      return timer;
    };
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- the class has its own
    const world = this;
    return {
      // Timers of Node are never early, and late by fractions of a millisecond.
      setTimeout: (callback, delay = 0) => this.after(Math.max(1, delay) + this.random(), callback),
      clearTimeout: cancel,
      setInterval: repeat,
      clearInterval: cancel,
      setImmediate: (callback) => this.after(0, callback),
      performance: { timeOrigin: EPOCH_MS, now: () => this.now },
      Date: class extends Date {
        static override now(): number {
          return EPOCH_MS + Math.floor(world.now);
        }
      } as DateConstructor,
      Math: Object.assign(Object.create(Math) as Math, { random: () => this.random() }),
      crypto: {
        getRandomValues: (bytes) => {
          for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(this.random() * 256);
          return bytes;
        },
      },
      Blob: SimulatedBlob,
      document: this.page,
      addEventListener: this.page.addEventListener,
      removeEventListener: this.page.removeEventListener,
      fetch: (url, init) => this.fetch(url, init),
    };
  }
}

/**
 * Runs all work that needs no time: promises, of which none is left when Node turns to the next tick. A turn of the
 * event loop takes much longer, so the rest of the process has few of them.
 */
function settle(): Promise<void> {
  settled++;
  return new Promise((resolve) => (settled % TICKS === 0 ? realImmediate(resolve) : process.nextTick(resolve)));
}
