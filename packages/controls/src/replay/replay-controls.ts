import { RerunError } from "@rerun-ts/core";
import { checkObject, checkOptions, invalidArgument, messageOf, withRerunErrors } from "@rerun-ts/core/checks";
import { checkAborted, sleep } from "@rerun-ts/core/util";
import type { Settled } from "../program/change.ts";
import { readChanges, type RecordedChange, type ReplaySource } from "./recorded-changes.ts";
import { replayTargetOf, type ReplayTarget } from "./replay-target.ts";

/** The names of changes without a person. */
const BY_PROGRAM: ReadonlySet<string> = new Set(["start", "program"]);

/** Handlers by the path of a control, or `viewer/pick` and `viewer/key`. */
export type ReplayHandlers = Readonly<Record<string, (argument: never, change: never) => unknown>>;

/** Controls of `openControls`. */
export interface ReplayableControls {
  /** The URL of the relay, for panels. */
  readonly relayUrl: string;
  /** Ends the controls after the replay. */
  close(): Promise<void>;
}

/** Options of {@link replayControls}. */
export interface ReplayControlsOptions {
  /** The factor by which the replay is faster than the recording. `Infinity` waits for handlers only. Default 1. */
  speed?: number | undefined;
  /** Ends the replay. */
  signal?: AbortSignal | undefined;
}

/** Numbers of a replay, and its differences to the recording. */
export interface ReplayResult {
  /** The number of changed values, presses, clicks and keys. */
  readonly changes: number;
  /** The number of secret texts, which no recording has. */
  readonly secrets: number;
  /** The presses, clicks and keys with an unknown outcome: the recorded program ended before. */
  readonly unknown: readonly string[];
  /** The changes with another outcome than in the recording, and their new outcomes. */
  readonly differing: readonly { readonly id: string; readonly name: string; readonly outcome: string }[];
}

/**
 * Repeats the changes of a recording: handlers get the same values and presses, and settle in the same order.
 *
 * @param recording a recording of `@rerun-ts/reading`, such as `(await openRrd("run.rrd")).recording()`
 * @param controls open controls, with rows by `replay`, or handlers by path
 *
 * Rejects with `UNSUPPORTED` if panels are connected and with `CLOSED` if the controls are closed, also while it runs,
 * with `ABORTED`, and with `INVALID_ARGUMENT` if an argument is wrong.
 * @example
 * const yesterday = (await openRrd("yesterday.rrd")).recording();
 * await replayControls(yesterday, ui, { speed: 10 });
 */
export function replayControls(
  recording: ReplaySource,
  controls: ReplayableControls | ReplayHandlers,
  options: ReplayControlsOptions = {},
): Promise<ReplayResult> {
  return withRerunErrors(async () => {
    if (typeof (recording as ReplaySource | undefined)?.chunks !== "function")
      throw invalidArgument("recording", "a recording of `openRrd`", recording);
    checkObject(controls, "controls");
    checkOptions("replayControls", options, { speed: 1, signal: 1 });
    const { speed = 1, signal } = options;
    if (typeof speed !== "number" || !(speed > 0)) throw invalidArgument("speed", "a positive number", speed);
    const changes = await readChanges(recording);
    const target = replayTargetOf(controls) ?? handlersTarget(controls as ReplayHandlers);
    return new Replay(target, speed, signal).run(changes);
  });
}

/** One replay, from its start to its end. */
class Replay {
  readonly #target: ReplayTarget;
  readonly #speed: number;
  readonly #signal: AbortSignal | undefined;
  /** The actions that have not settled. */
  readonly #running = new Map<string, Promise<Settled>>();
  readonly #differing: { id: string; name: string; outcome: string }[] = [];
  #secrets = 0;
  #count = 0;

  constructor(target: ReplayTarget, speed: number, signal: AbortSignal | undefined) {
    this.#target = target;
    this.#speed = speed;
    this.#signal = signal;
  }

  async run(changes: readonly RecordedChange[]): Promise<ReplayResult> {
    const settledIds = new Set(changes.filter(isSettled).map(keyOf));
    const actions = changes.filter(({ outcome }) => outcome === "received");
    this.#check();
    let before: bigint | undefined;
    for (const change of changes) {
      await this.#waitFor(change.at - (before ?? change.at));
      before = change.at;
      await this.#replay(change);
    }
    await Promise.all(this.#running.values());
    return {
      changes: this.#count,
      secrets: this.#secrets,
      unknown: actions.filter((change) => !settledIds.has(keyOf(change))).map(({ id }) => id),
      differing: this.#differing,
    };
  }

  async #waitFor(nanoseconds: bigint): Promise<void> {
    checkAborted(this.#signal);
    const delayMs = Number(nanoseconds) / 1e6 / this.#speed;
    if (delayMs >= 1) await sleep(delayMs, this.#signal);
    this.#check();
  }

  /** @throws {RerunError} if the replay must end */
  #check(): void {
    checkAborted(this.#signal);
    if (this.#target.isClosed) throw new RerunError("CLOSED", "the controls of the replay were closed");
    if (this.#target.panels > 0)
      throw new RerunError("UNSUPPORTED", "a replay needs the controls alone, but panels are connected");
  }

  async #replay(change: RecordedChange): Promise<void> {
    if (isSettled(change)) {
      const running = this.#running.get(keyOf(change));
      this.#running.delete(keyOf(change));
      // What had timed out may never settle.
      if (running === undefined || change.outcome === "timedOut") return;
      const { outcome } = await running;
      if (outcome !== change.outcome) this.#differing.push({ id: change.id, name: change.name, outcome });
      return;
    }
    // The program itself releases a button whose panel is gone.
    if (BY_PROGRAM.has(change.by) && change.phase !== "release") return;
    if (change.outcome === undefined && change.value === undefined) {
      this.#secrets++;
      return;
    }
    this.#count++;
    const settled = this.#target.act(change);
    if (change.outcome === "received") this.#running.set(keyOf(change), settled);
    else {
      const { outcome } = await settled;
      if (outcome !== "done") this.#differing.push({ id: change.id, name: change.name, outcome });
    }
  }
}

function isSettled({ outcome }: RecordedChange): boolean {
  return outcome !== undefined && outcome !== "received";
}

function keyOf({ name, id }: RecordedChange): string {
  return `${name} ${id}`;
}

/** Calls functions instead of the handlers of controls. */
function handlersTarget(handlers: ReplayHandlers): ReplayTarget {
  return {
    panels: 0,
    isClosed: false,
    async act({ name, by, id, value, phase, pick, key }): Promise<Settled> {
      const change = { name, by, id, value, phase, pick, key, at: new Date() };
      try {
        await handlers[name]?.((value ?? pick ?? key ?? change) as never, change as never);
        return { outcome: "done" };
      } catch (error) {
        return { outcome: "failed", message: messageOf(error) };
      }
    },
  };
}
