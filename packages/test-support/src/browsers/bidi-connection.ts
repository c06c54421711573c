import { once } from "node:events";
import { WebSocket } from "ws";

/** An answer to a command of WebDriver BiDi. */
interface Answer {
  readonly id?: number;
  readonly type: "success" | "error" | "event";
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

interface Pending {
  resolve(this: void, result: unknown): void;
  reject(this: void, error: Error): void;
}

/** A connection to a browser by the protocol WebDriver BiDi. */
export class BidiConnection {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(JSON.parse((data as Buffer).toString()) as Answer));
    socket.on("close", () => {
      for (const { reject } of this.#pending.values()) reject(new Error("the browser closed the connection"));
      this.#pending.clear();
    });
  }

  static async open(url: string): Promise<BidiConnection> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, "open");
    return new BidiConnection(socket);
  }

  /** Sends a command. @throws if the browser reports an error, with the name of the command */
  async send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ id, method, params }));
    try {
      return await answer;
    } catch (error) {
      throw new Error(`${method}: ${(error as Error).message}`, { cause: error });
    }
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive({ id, type, result, error, message }: Answer): void {
    if (id === undefined) return;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (type === "success") pending?.resolve(result);
    else pending?.reject(new Error(`${error}: ${message}`));
  }
}
