import type { ControlValue } from "../../declare/control-types.ts";
import type { FromPanel, PickMessage, PressPhase, ToPanel } from "../../protocol.ts";
import { PressedButtons } from "./pressed-buttons.ts";
import { OpenPresses } from "./open-presses.ts";
import { followPage } from "./page-life.ts";
import { CHECK_MS, PanelSocket } from "./panel-socket.ts";
import type { NoteOutcome, PanelState } from "./panel-state.ts";
import { ProgramList } from "./program-list.ts";
import { ValueSender } from "./value-sender.ts";

/** Options of {@link PanelClient}. */
export interface PanelClientOptions {
  /** The WebSocket of the relay, such as `ws://127.0.0.1:9876/ws`. */
  readonly url: string;
  /** The token for control. */
  readonly token: string;
}

/** The time without an answer after which a program is silent. */
const SILENT_MS = 2000;

/**
 * The channel of a panel to the programs of a relay. Values are sent again after a lost connection, and the last one
 * counts. Presses are not: their outcome is unknown if the connection ends first. Held buttons are released when the
 * page loses the focus, is hidden or is unloaded.
 */
export class PanelClient {
  readonly #socket: PanelSocket;
  readonly #values: ValueSender;
  readonly #presses = new OpenPresses();
  readonly #held = new PressedButtons(() => void this.#socket.send({ type: "beat" }));
  readonly #list = new ProgramList();
  readonly #listeners = new Set<() => void>();
  readonly #leavePage: () => void;
  /** The programs that are here now, and were told apart from those that come back. */
  #present: ReadonlySet<string> = new Set();
  readonly #prefix = Math.random().toString(36).slice(2, 12);
  #nextId = 0;
  #state: PanelState = { connection: "connecting", programs: [] };
  readonly #check: ReturnType<typeof setInterval>;

  constructor({ url, token }: PanelClientOptions) {
    this.#values = new ValueSender({
      newId: () => this.#newId(),
      send: ({ id, program, name, value, isResent }) =>
        this.#sendTo(program, { type: "set", program, id, name, value, ...(isResent && { resent: true }) }),
      bufferedBytes: () => this.#socket.bufferedBytes,
      onForgotten: (program, name, wasSent) => {
        this.#note(program, name, wasSent ? "unknown" : "unsent");
        this.#showPending(program);
      },
    });
    this.#leavePage = followPage({ onLeave: () => this.releaseAll(), onReturn: () => this.#socket.reconnect() });
    this.#socket = new PanelSocket(url, token, {
      onMessage: (message) => this.#receive(message),
      onLost: () => this.#lose(),
    });
    this.#check = setInterval(() => {
      this.#socket.checkSilence();
      this.#findSilent();
    }, CHECK_MS);
  }

  /** All that a panel shows: a new object after each change. */
  get state(): PanelState {
    return this.#state;
  }

  /** Calls a function after each change of `state`. Returns a function that ends this. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Sets a value: at most 60 times a second for each control, and always the last value. */
  set(program: string, name: string, value: ControlValue): void {
    this.#values.set(program, name, value);
    this.#list.setPending(program, this.#values.pendingOf(program));
    this.#note(program, name, "sent");
  }

  /** Presses a button. @param isConfirmed whether a person has confirmed it */
  press(program: string, name: string, isConfirmed: boolean = false): void {
    this.#press(program, name, "press", isConfirmed);
  }

  /** Presses a button that acts while it is held. Returns a function that releases it. */
  hold(program: string, name: string): () => void {
    if (!this.#press(program, name, "press")) return () => {};
    return this.#held.hold(() => {
      // The program releases the button itself when its panel is gone.
      if (!this.#press(program, name, "release")) this.#note(program, name, "released");
    });
  }

  /** Releases all buttons that are held. */
  releaseAll(): void {
    this.#held.releaseAll();
  }

  /** Tells of a click in the viewer of the page. */
  pick(program: string, pick: PickMessage): void {
    this.#act(program, "", (id) => ({ type: "pick", program, id, pick }));
  }

  /** Tells of a key. */
  key(program: string, key: string): void {
    this.#act(program, "", (id) => ({ type: "key", program, id, key }));
  }

  /** Takes the control of an exclusive program. */
  take(program: string): void {
    this.#socket.send({ type: "take", program });
  }

  /** Leaves the control of an exclusive program to others. */
  leave(program: string): void {
    this.#held.releaseAll();
    this.#socket.send({ type: "leave", program });
  }

  /** Releases all buttons, and ends the connection. */
  close(): void {
    this.releaseAll();
    this.#leavePage();
    clearInterval(this.#check);
    this.#values.close();
    this.#socket.close();
    this.#publish({ connection: "closed" });
  }

  #newId(): string {
    return `${this.#prefix}-${this.#nextId++}`;
  }

  #press(program: string, name: string, phase: PressPhase, isConfirmed: boolean = false): boolean {
    const confirmed = isConfirmed ? { confirmed: true } : {};
    return this.#act(program, name, (id) => ({ type: "press", program, id, name, phase, ...confirmed }));
  }

  /** Does what happens once or not at all. Returns whether it was sent. */
  #act(program: string, name: string, message: (id: string) => FromPanel): boolean {
    this.#values.flush(program);
    const id = this.#newId();
    const isSent = !this.#presses.isFull && this.#sendTo(program, message(id));
    if (isSent) this.#presses.add(id, program, name);
    this.#note(program, name, isSent ? "sent" : "unsent");
    return isSent;
  }

  #sendTo(program: string, message: FromPanel): boolean {
    return this.#present.has(program) && this.#socket.send(message);
  }

  #receive(message: ToPanel): void {
    switch (message.type) {
      case "programs":
        this.#list.client = message.client;
        this.#list.replace(message.programs);
        this.#follow(new Set(message.programs.map(({ program }) => program)));
        return this.#publish({ connection: "connected", by: message.by, problem: undefined });
      case "update":
        this.#list.update(message.program, message.controls);
        return this.#publish();
      case "values":
        this.#list.setValues(message.program, message.values);
        return this.#publish();
      case "answer":
        return this.#settle(message);
      case "holder":
        this.#list.setHolder(message.program, message.client);
        return this.#publish();
      case "alive":
        return;
      case "error":
        return this.#publish({ problem: message.message });
    }
  }

  /** Gives up the presses of programs that have gone, and sends values to those that have come. */
  #follow(present: ReadonlySet<string>): void {
    for (const program of this.#present) if (!present.has(program)) this.#giveUp(program);
    const come = new Set([...present].filter((program) => !this.#present.has(program)));
    this.#present = present;
    this.#values.resend(come);
  }

  #settle({ program, id, outcome, message }: Extract<ToPanel, { type: "answer" }>): void {
    const press = this.#presses.answer(id, outcome !== "received");
    if (press !== undefined) return this.#note(program, press.name, outcome, message);
    const change = this.#values.settle(id);
    // The answer to a value that a newer one has replaced.
    if (change === undefined) return;
    // The program has sent its present values before: a handler may have set another one.
    this.#list.setPending(program, this.#values.pendingOf(program));
    // A relay may refuse what the program has done before.
    const isUnknown = outcome === "refused" && change.isResent;
    this.#note(program, change.name, isUnknown ? "unknown" : outcome, message);
  }

  #lose(): void {
    this.#present = new Set();
    this.releaseAll();
    for (const { program } of this.#list.programs) this.#giveUp(program);
    if (this.#state.connection !== "closed") this.#publish({ connection: "disconnected" });
  }

  #giveUp(program: string): void {
    this.#values.lose(program);
    for (const press of this.#presses.giveUp(program))
      this.#list.note(press.program, press.name, { outcome: "unknown" });
  }

  #showPending(program: string): void {
    this.#list.setPending(program, this.#values.pendingOf(program));
    this.#publish();
  }

  #note(program: string, name: string, outcome: NoteOutcome, message?: string): void {
    this.#list.note(program, name, { outcome, message });
    this.#publish();
  }

  #publish(changes: Partial<PanelState> = {}): void {
    this.#state = { ...this.#state, ...changes, programs: this.#list.programs };
    for (const listener of this.#listeners) listener();
  }

  #findSilent(): void {
    const before = performance.now() - SILENT_MS;
    const isSilent = (program: string): boolean =>
      this.#values.isWaitingSince(program, before) || this.#presses.isWaitingSince(program, before);
    if (this.#list.setSilent(isSilent)) this.#publish();
  }
}
