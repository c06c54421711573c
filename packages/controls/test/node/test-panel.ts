import { WebSocket, type ClientOptions } from "ws";
import {
  CONTROLS_SUBPROTOCOL,
  parseToPanel,
  tokenSubprotocol,
  type FromPanel,
  type ToPanel,
} from "@rerun-ts/controls/protocol";

type Answer = Extract<ToPanel, { type: "answer" }>;

/** A panel of tests: it keeps all messages. */
export class TestPanel {
  readonly messages: ToPanel[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly values: Record<string, unknown> = {};
  #programs: Extract<ToPanel, { type: "programs" }>["programs"] = [];
  #wake: () => void = () => {};
  #count = 0;

  constructor(url: string, token: string | undefined, options?: ClientOptions) {
    const protocols = [CONTROLS_SUBPROTOCOL, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
    this.socket = new WebSocket(url, protocols, options);
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    this.socket.on("error", () => {});
    this.socket.on("open", () => this.raw({ type: "join" }));
    this.socket.on("message", (data: Buffer) => this.#onMessage(parseToPanel(data.toString())));
  }

  /** Connects, and waits for the programs. */
  static async join(url: string, token: string): Promise<TestPanel> {
    const panel = new TestPanel(url, token);
    await panel.until(() => panel.programs.length > 0);
    return panel;
  }

  get programs(): Extract<ToPanel, { type: "programs" }>["programs"] {
    return this.#programs;
  }

  get program(): string {
    return this.#programs[0]?.program ?? "";
  }

  get id(): string {
    const last = this.messages.findLast((message) => message.type === "programs");
    return last?.client ?? "";
  }

  raw(message: FromPanel | object | string): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  set(name: string, value: unknown, id: string = this.nextId()): string {
    this.raw({ type: "set", program: this.program, id, name, value });
    return id;
  }

  press(name: string, phase: "press" | "release" = "press", more: object = {}): string {
    const id = this.nextId();
    this.raw({ type: "press", program: this.program, id, name, phase, ...more });
    return id;
  }

  nextId(): string {
    return `i${this.#count++}`;
  }

  answersTo(id: string): Answer[] {
    return this.messages.filter((message): message is Answer => message.type === "answer" && message.id === id);
  }

  /** What became of an action, once that is final. */
  async outcome(id: string): Promise<Answer> {
    const final = (): Answer | undefined => this.answersTo(id).find(({ outcome }) => outcome !== "received");
    await this.until(() => final() !== undefined);
    return final() as Answer;
  }

  /** Waits until a condition holds, which is checked after each message. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  close(): void {
    this.socket.close();
  }

  #onMessage(message: ToPanel | undefined): void {
    if (message === undefined) return;
    this.messages.push(message);
    if (message.type === "programs") {
      this.#programs = message.programs;
      for (const { values } of message.programs) Object.assign(this.values, values);
    }
    if (message.type === "values") Object.assign(this.values, message.values);
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }
}
