import { randomUUID } from "node:crypto";
import { digestText } from "../http/access-grants.ts";
import { respondJson, respondText, type HttpExchange } from "../http/http-exchange.ts";
import { isLoopback } from "../../net/host-names.ts";
import type { ControlHub } from "./control-hub.ts";
import type { Action } from "./control-messages.ts";
import type { Identity, ControlledProgram } from "./controlled-program.ts";
import { readJsonBody } from "./read-json-body.ts";

/** Longest time until the answer of a program. Programs give up earlier by themselves. */
const ANSWER_MS = 60_000;
/** The most requests that wait for an answer. */
const MAX_WAITING = 200;
/** The HTTP status for the outcome of an action. */
const STATUS: Readonly<Record<string, number>> = {
  done: 200,
  replaced: 200,
  refused: 422,
  failed: 500,
  timedOut: 504,
};

/** The control of a path, or its program if the name is empty. */
interface Target {
  readonly program: ControlledProgram;
  readonly name: string;
}

/**
 * Answers `GET` and `PUT` below `/controls`. The token is in the header `authorization`, which pages cannot send to
 * other origins without permission; cookies and queries have no meaning. `GET` changes nothing.
 */
export class ControlRequests {
  readonly #hub: ControlHub;
  /** The number of requests without rights. */
  rejected = 0;
  #waiting = 0;

  constructor(hub: ControlHub) {
    this.#hub = hub;
  }

  handle(call: HttpExchange, path: string): void {
    const { method, headers, socket } = call.request;
    const token = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
    const client = token && { digest: digestText(token), isLocal: isLoopback(socket.remoteAddress ?? "") };
    if (!client || !this.#hub.knows(client)) {
      this.rejected++;
      call.response.setHeader("www-authenticate", "Bearer");
      return respondText(call, 401, "a token for controls in the header `authorization` is missing or wrong");
    }
    call.accept("read");
    const segments = decodePath(path);
    const programs = this.#hub.visible(client);
    if (segments === undefined) return respondText(call, 400, "the path is not a URL");
    if (method === "GET" && segments.length === 0)
      return respondJson(call, { programs: programs.map((program) => program.describe()) });
    const target = findTarget(programs, segments);
    if (typeof target === "string") return respondText(call, 404, target);
    if (method === "GET") return this.#get(call, target);
    if (method === "PUT") return void this.#put(call, client, target);
    call.response.setHeader("allow", "GET, PUT");
    respondText(call, 405, "use GET or PUT");
  }

  #get(call: HttpExchange, { program, name }: Target): void {
    if (name === "") return respondJson(call, program.describe());
    const control = program.control(name);
    if (control === undefined) return respondText(call, 404, `the program has no control ${JSON.stringify(name)}`);
    const value = program.value(name);
    respondJson(call, { ...control, ...(value !== undefined && { value }) });
  }

  async #put(call: HttpExchange, client: Identity, { program, name }: Target): Promise<void> {
    if (name === "") return respondText(call, 404, "the name of a control is missing in the path");
    const control = program.control(name);
    if (control === undefined) return respondText(call, 404, `the program has no control ${JSON.stringify(name)}`);
    if (this.#waiting >= MAX_WAITING) return respondText(call, 429, "too many requests wait for their answers");
    this.#waiting++;
    try {
      const body = await readJsonBody(call);
      if (typeof body === "string") return respondText(call, 400, body);
      const action = actionOf(control.kind, control.hold === true, name, body.json);
      if (typeof action === "string") return respondText(call, 400, action);
      const { outcome, message } = await this.#act(client, program, action);
      respondJson(call, { outcome, ...(message !== undefined && { message }) }, STATUS[outcome] ?? 504);
    } finally {
      this.#waiting--;
    }
  }

  /** Passes an action on, and waits for what becomes of it. */
  #act(identity: Identity, program: ControlledProgram, action: Action): Promise<{ outcome: string; message?: string }> {
    return new Promise((resolve) => {
      const settle = (result: { outcome: string; message?: string }): void => {
        clearTimeout(timer);
        request.end();
        resolve(result);
      };
      const timer = setTimeout(() => settle({ outcome: "unknown", message: "the program does not answer" }), ANSWER_MS);
      const request = this.#hub.request(identity, {
        send(text) {
          const { type, outcome, message, program: id } = JSON.parse(text) as Record<string, string>;
          if (type === "gone" && id === program.id) settle({ outcome: "unknown", message: "the program is gone" });
          if (type !== "answer" || outcome === undefined || outcome === "received") return true;
          settle({ outcome, ...(message !== undefined && { message }) });
          return true;
        },
        end() {},
      });
      this.#hub.act(request.client, { ...action, program: program.id });
    });
  }
}

/** The action of a body, or what is wrong with it. */
function actionOf(kind: string, isHeld: boolean, name: string, body: unknown): Action | string {
  const id = randomUUID();
  if (kind !== "button") return { type: "set", id, name, value: body };
  const { press, confirmed = false } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (press !== true || typeof confirmed !== "boolean")
    return 'the body for a button must be {"press": true}, with "confirmed": true if a person has confirmed it';
  if (isHeld) return "a button that is held needs a panel";
  return { type: "press", id, name, phase: "press", confirmed };
}

/** The parts of a path after `/controls`, decoded. */
function decodePath(path: string): string[] | undefined {
  try {
    return path
      .split("/")
      .slice(2)
      .filter((part) => part !== "")
      .map((part) => decodeURIComponent(part));
  } catch {
    return undefined;
  }
}

/** Finds the program, and the name that follows: with the ids of the application and the recording, or without. */
function findTarget(programs: readonly ControlledProgram[], segments: readonly string[]): Target | string {
  const [application, recording, ...rest] = segments;
  const named = programs.filter((program) => program.application === application && program.recording === recording);
  const [first] = named;
  if (first !== undefined) {
    if (named.length > 1) return "several programs offer controls for this recording; a panel shows them all";
    return { program: first, name: rest.join("/") };
  }
  const [only, ...others] = programs;
  if (only === undefined || others.length > 0)
    return "several programs offer controls; use /controls/APPLICATION/RECORDING/NAME";
  return { program: only, name: segments.join("/") };
}
