import { setTimeout as sleep } from "node:timers/promises";
import {
  CONTROLS_SUBPROTOCOL,
  parseToPanel,
  tokenSubprotocol,
  type PanelAction,
  type ToPanel,
} from "@rerun-ts/controls/protocol";
import { WebSocket } from "ws";

/** An action, without its id. */
export type Act =
  | { readonly type: "set"; readonly name: string; readonly value: number }
  | { readonly type: "press"; readonly name: string; readonly phase: "press" };

/** What a panel has done, and what it was told about it. */
export interface Done {
  readonly act: Act;
  /** The last outcome. `undefined`: nobody knows. */
  outcome: string | undefined;
}

/** Actions of a panel that have no answer yet. */
const MAX_OPEN = 4;

/** A panel that is reloaded, and connects again whenever its connection is lost. It never repeats an action. */
export class FaultPanel {
  readonly done = new Map<string, Done>();
  readonly values: Record<string, unknown> = {};
  readonly #name: string;
  readonly #url: () => string;
  readonly #token: string;
  #socket: WebSocket | undefined;
  #program: string | undefined;
  #open = new Set<string>();
  #wake: () => void = () => {};
  #count = 0;
  #isEnded = false;

  constructor(name: string, url: () => string, token: string) {
    this.#name = name;
    this.#url = url;
    this.#token = token;
    void this.#stayConnected();
  }

  get isConnected(): boolean {
    return this.#program !== undefined;
  }

  /** Does something as soon as there is a connection. */
  async act(act: Act): Promise<void> {
    while (this.#program === undefined || this.#open.size >= MAX_OPEN) await this.#news();
    const id = `${this.#name}-${this.#count++}`;
    this.done.set(id, { act, outcome: undefined });
    this.#open.add(id);
    const action: PanelAction = { ...act, id };
    this.#socket?.send(JSON.stringify({ ...action, program: this.#program }));
  }

  /** Waits until each action has an answer, or never gets one. */
  async settled(): Promise<void> {
    while (this.#open.size > 0) await this.#news();
  }

  reload(): void {
    this.#socket?.terminate();
  }

  end(): void {
    this.#isEnded = true;
    this.#socket?.terminate();
  }

  async #stayConnected(): Promise<void> {
    while (!this.#isEnded) {
      await this.#connect();
      this.#program = undefined;
      this.#open = new Set();
      this.#tell();
      await sleep(20);
    }
  }

  #connect(): Promise<void> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.#url(), [CONTROLS_SUBPROTOCOL, tokenSubprotocol(this.#token)]);
      this.#socket = socket;
      socket.on("open", () => socket.send(JSON.stringify({ type: "join" })));
      socket.on("message", (data: Buffer) => this.#receive(parseToPanel(data.toString())));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
    });
  }

  #receive(message: ToPanel | undefined): void {
    if (message?.type === "programs") {
      const program = message.programs[0]?.program;
      // Nobody answers for a program that is gone.
      if (program === undefined) this.#open = new Set();
      this.#program = program;
      Object.assign(this.values, message.programs[0]?.values);
    } else if (message?.type === "values") Object.assign(this.values, message.values);
    else if (message?.type === "answer") {
      const done = this.done.get(message.id);
      if (done !== undefined && (done.outcome === undefined || done.outcome === "received"))
        done.outcome = message.outcome;
      if (message.outcome !== "received") this.#open.delete(message.id);
    }
    this.#tell();
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }
}
