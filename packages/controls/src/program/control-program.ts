import { describeValue, messageOf } from "@rerun-ts/core/checks";
import type { ControlValue } from "../declare/control-types.ts";
import type { FlatControl } from "../declare/flatten.ts";
import type { FromProgram, Outcome, PanelAction, ToProgram } from "../protocol.ts";
import type { ChangeLog } from "../rows/change-log.ts";
import type { Change, ChangeHandler, Pick, Settled } from "./change.ts";
import type { ChangeStream } from "./change-stream.ts";
import { ControlState } from "./control-state.ts";
import { HeldButtons } from "./held-buttons.ts";
import { PresentValues } from "./present-values.ts";
import { ActionIds } from "./action-ids.ts";
import { runHandlers } from "./run-handlers.ts";
import { SetOutcomes } from "./set-outcomes.ts";
import { ValueQueue } from "./value-queue.ts";

/** The most actions whose handlers have not settled. */
const MAX_RUNNING = 1000;
const MAX_ID = 64;

/** The parts of a {@link ControlProgram}. */
export interface ControlProgramSetup {
  readonly controls: readonly FlatControl[];
  readonly log: ChangeLog;
  readonly stream: ChangeStream;
  readonly timeoutMs: number;
  send(message: FromProgram): void;
  /** Called with warnings. */
  onWarning(message: string): void;
}

/** The name that replayed changes carry as `by`. */
export const REPLAY = "replay";

/** An action of a panel, with who does it. */
type ClientAction = PanelAction & { readonly client: string; readonly by: string };

/** The handlers of what happens in the viewer, and of panels that come and go. */
export type ProgramEvent = "pick" | "key" | "connect" | "disconnect";

/**
 * The program's side of the channel: checks what people do against the present declarations, calls the handlers, logs
 * each change, and answers. It is independent of sockets.
 */
export class ControlProgram {
  readonly controls: ReadonlyMap<string, ControlState>;
  readonly present: PresentValues;
  readonly events: Readonly<Record<ProgramEvent, Set<ChangeHandler>>> = {
    pick: new Set(),
    key: new Set(),
    connect: new Set(),
    disconnect: new Set(),
  };
  readonly #setup: ControlProgramSetup;
  readonly #held: HeldButtons;
  readonly #queues = new Map<string, ValueQueue>();
  readonly #panels = new Map<string, string>();
  readonly #recent = new ActionIds();
  readonly #sets = new SetOutcomes();
  /** The names of buttons whose handlers run. */
  readonly #pressed = new Set<string>();
  #running = 0;

  constructor(setup: ControlProgramSetup) {
    this.#setup = setup;
    this.controls = new Map(setup.controls.map((control) => [control.declaration.name, new ControlState(control)]));
    this.present = new PresentValues(this.controls, (message) => setup.send(message));
    this.#held = new HeldButtons(({ name, client, by, id }, reason) =>
      this.#press({ type: "press", client, by, id: `${id.slice(0, MAX_ID - 2)}:r`, name, phase: "release" }, reason),
    );
  }

  /** The panels that are connected: id → name of the token. */
  get panels(): ReadonlyMap<string, string> {
    return this.#panels;
  }

  /** Logs the values at the start. */
  logStart(): void {
    for (const { name, value } of this.controls.values())
      if (value !== undefined) this.#setup.log.value({ name, value, by: "start", id: `start:${name}`, at: new Date() });
  }

  /** Handles a message of the relay. */
  receive(message: ToProgram): void {
    switch (message.type) {
      case "connect":
        this.#panels.set(message.client, message.by);
        return this.#emit("connect", message);
      case "disconnect":
        this.#held.releaseWhere(({ client }) => client === message.client, "the panel is gone");
        if (this.#panels.delete(message.client)) this.#emit("disconnect", message);
        return;
      case "beat":
        return this.#held.beat(message.client);
      case "holder":
        return this.#held.releaseWhere(({ client }) => client !== message.client, "another panel has control");
      case "set":
        return this.#set(message);
      case "press":
        return this.#onPress(message);
      case "pick":
      case "key":
        return this.#onViewer(message);
      case "ready":
      case "alive":
      case "error":
        return;
    }
  }

  /** Does what a recording has. The answer goes to the client {@link REPLAY}. */
  replay(action: PanelAction): void {
    const message = { ...action, client: REPLAY, by: REPLAY };
    if (message.type !== "press") return this.receive(message);
    const control = this.controls.get(message.name);
    const problem = this.#problemWith(message, control) ?? this.#problemWithPress(message.name, control);
    if (problem !== undefined) return this.#answer(message, "refused", problem);
    this.#press(message);
  }

  /** The connection to the relay is lost: nobody can release a button, and all panels are gone. */
  onLost(): void {
    this.#held.releaseWhere(() => true, "the connection to the relay is lost");
    for (const [client, by] of this.#panels) {
      this.#panels.delete(client);
      this.#emit("disconnect", { client, by });
    }
  }

  /** Changes a value by the program itself. The value is checked. @param id the id of the change */
  change(name: string, value: ControlValue, by: string, id: string): Change {
    const control = this.controls.get(name) as ControlState;
    control.keep(value);
    const change = changeOf({ name, by, id }, control.isSecret ? {} : { value });
    this.#setup.log.value(change);
    this.present.set(control);
    this.#setup.stream.push(change);
    return change;
  }

  #set(action: ClientAction & { readonly type: "set" }): void {
    // A panel that has connected again has another id.
    const key = `${action.by} ${action.id}`;
    const answer = ({ outcome, message }: Settled): void => this.#answer(action, outcome, message);
    if (action.resent === true && this.#sets.repeat(key, answer)) return;
    const control = this.controls.get(action.name);
    const problem = this.#problemWith(action, control);
    if (control === undefined || problem !== undefined) return this.#answer(action, "refused", problem);
    const settle = this.#sets.begin(key, answer);
    let value: ControlValue;
    try {
      value = control.check(action.value);
    } catch (error) {
      return settle({ outcome: "refused", message: messageOf(error) });
    }
    this.#queueOf(control).push({
      onReplaced: () => settle({ outcome: "replaced" }),
      execute: async () => settle(await this.#executeSet(action, control, value)),
    });
  }

  /** Sets a value whose turn has come, and waits for its handlers. */
  async #executeSet(action: ClientAction, control: ControlState, checked: ControlValue): Promise<Settled> {
    // The declaration may have changed since the value came.
    if (control.declaration.disabled === true) return { outcome: "refused", message: "the control is disabled" };
    let value: ControlValue;
    try {
      value = control.check(checked);
    } catch (error) {
      return { outcome: "refused", message: messageOf(error) };
    }
    const { name } = control;
    const change = this.change(name, value, action.by, action.id);
    const settled = withoutSecret(control, await this.#run(control.handlers, value, change));
    if (settled.outcome !== "done") this.#setup.log.failed(change, settled);
    this.present.flush();
    return settled;
  }

  #onPress(action: ClientAction & { readonly type: "press" }): void {
    const { name, phase, client } = action;
    const control = this.controls.get(name);
    const held = this.#held.get(name);
    if (phase === "release") {
      if (held?.client !== client) return this.#answer(action, "refused", "this panel does not hold the button");
      this.#held.forget(name);
      return this.#press(action);
    }
    const problem = this.#problemWith(action, control);
    if (control === undefined || problem !== undefined) return this.#answer(action, "refused", problem);
    const unfit = this.#problemWithPress(name, control);
    if (unfit !== undefined) return this.#answer(action, "refused", unfit);
    const { hold, confirm } = control.declaration;
    if (confirm === true && action.confirmed !== true)
      return this.#answer(action, "refused", "the press must be confirmed by a person: `confirmed` is missing");
    if (hold === true && held !== undefined) return this.#answer(action, "refused", "somebody holds the button");
    if (hold !== true && this.#pressed.has(name))
      return this.#answer(action, "refused", "the handler of the last press has not settled");
    if (hold === true && !this.#panels.has(client))
      return this.#answer(action, "refused", "a button that is held needs a panel");
    if (hold === true) this.#held.press({ name, client, by: action.by, id: action.id });
    this.#press(action);
  }

  /** Why a control cannot be pressed, or `undefined`. */
  #problemWithPress(name: string, control: ControlState | undefined): string | undefined {
    if (control?.declaration.kind !== "button") return `\`${name}\` is not a button`;
    const isHandled = control.handlers.size > 0 || this.#setup.stream.isRead;
    return isHandled ? undefined : "the program handles no press of this button";
  }

  /** Executes a press or a release, which was checked. @param reason why the program itself releases the button */
  #press(action: ClientAction & { readonly type: "press" }, reason?: string): void {
    const { name, phase, by, id } = action;
    const handlers = this.controls.get(name)?.handlers ?? [];
    if (phase === "press") this.#pressed.add(name);
    this.#act(
      action,
      changeOf({ name, by: reason === undefined ? by : "program", id }, { phase }),
      handlers,
      undefined,
      () => {
        if (phase === "press") this.#pressed.delete(name);
      },
    );
  }

  #onViewer(action: ClientAction & { readonly type: "pick" | "key" }): void {
    const problem = this.#problemWith(action, undefined);
    if (problem !== undefined) return this.#answer(action, "refused", problem);
    const { by, id } = action;
    if (action.type === "key")
      return this.#act(
        action,
        changeOf({ name: "viewer/key", by, id }, { key: action.key }),
        this.events.key,
        action.key,
      );
    const pick: Pick = action.pick;
    this.#act(action, changeOf({ name: "viewer/pick", by, id }, { pick }), this.events.pick, pick);
  }

  /** Logs and answers an action before and after its handlers. */
  #act(
    action: ClientAction,
    change: Change,
    handlers: Iterable<ChangeHandler>,
    argument: unknown,
    onSettled: () => void = () => {},
  ): void {
    const { log, stream } = this.#setup;
    log.received(change);
    this.#answer(action, "received");
    stream.push(change);
    void this.#settle(action, change, this.#run(handlers, argument ?? change, change), onSettled);
  }

  async #settle(action: ClientAction, change: Change, run: Promise<Settled>, onSettled: () => void): Promise<void> {
    const settled = await run;
    this.#setup.log.settled(change, settled);
    onSettled();
    this.#answer(action, settled.outcome, settled.message);
  }

  async #run(handlers: Iterable<ChangeHandler>, argument: unknown, change: Change): Promise<Settled> {
    this.#running++;
    const settled = await runHandlers(handlers, argument, change, this.#setup.timeoutMs);
    this.#running--;
    return settled;
  }

  /** Why an action is refused whatever its value is, or `undefined`. */
  #problemWith(action: ClientAction, control: ControlState | undefined): string | undefined {
    if (!this.#recent.add(`${action.client} ${action.id}`)) return "the id was used before";
    if (this.#running >= MAX_RUNNING) return `${MAX_RUNNING} handlers have not settled`;
    if (action.type === "pick" || action.type === "key") return undefined;
    if (control === undefined) return `no control has the name ${describeValue(action.name)}`;
    return control.declaration.disabled === true ? "the control is disabled" : undefined;
  }

  #answer({ client, id }: ClientAction, outcome: Outcome, message?: string): void {
    this.#setup.send({
      type: "answer",
      client,
      id,
      outcome,
      ...(message !== undefined && { message: message.slice(0, 1000) }),
    });
  }

  #queueOf(control: ControlState): ValueQueue {
    let queue = this.#queues.get(control.name);
    if (queue === undefined) this.#queues.set(control.name, (queue = new ValueQueue()));
    return queue;
  }

  /** Calls handlers of panels that come and go. Nobody waits for them. */
  #emit(event: "connect" | "disconnect", { client, by }: { readonly client: string; readonly by: string }): void {
    const change = changeOf({ name: event, by, id: client }, {});
    void this.#warn(event, runHandlers(this.events[event], { client, by }, change, this.#setup.timeoutMs));
  }

  async #warn(event: string, run: Promise<Settled>): Promise<void> {
    const { outcome, message } = await run;
    if (outcome !== "done") this.#setup.onWarning(`a handler of "${event}" ${outcome}: ${message}`);
  }
}

function changeOf(
  who: { readonly name: string; readonly by: string; readonly id: string },
  what: Partial<Change>,
): Change {
  return { ...who, ...what, at: new Date() };
}

/** Removes the message of a handler of a secret, which may contain the secret. */
function withoutSecret(control: ControlState, settled: Settled): Settled {
  return control.isSecret && settled.outcome === "failed"
    ? { outcome: "failed", message: "the handler failed" }
    : settled;
}
