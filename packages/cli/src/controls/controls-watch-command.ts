import { RerunError } from "@rerun-ts/core";
import { parseWebSocketUrl } from "@rerun-ts/core/transport";
import {
  CONTROLS_SUBPROTOCOL,
  parseToPanel,
  tokenSubprotocol,
  type OfferedProgram,
  type ToPanel,
} from "@rerun-ts/controls/protocol";
import { createSocketFactory } from "@rerun-ts/node/relay";
import type { ValuesOf } from "../command/command-table.ts";
import { untilInterrupted } from "../command/until-interrupted.ts";
import { ofRecording } from "./ask-relay.ts";
import { placeOf, type ControlPlace } from "./control-url.ts";
import { controlNamed } from "./control-named.ts";
import type { WATCH } from "./controls-watch-table.ts";

/** Runs `rerun-ts controls watch`, until Ctrl-C or the end of the connection. @throws {UsageError} if the URL is wrong */
export async function watch(values: ValuesOf<typeof WATCH>): Promise<void> {
  const place = placeOf(values);
  const [, ...names] = values.positionals;
  const url = parseWebSocketUrl(`${place.origin.replace(/^http/, "ws")}/ws`);
  const makeSocket = createSocketFactory({ url });
  const socket = await makeSocket(url.href, [CONTROLS_SUBPROTOCOL, tokenSubprotocol(place.token)]);
  const printer = new ValuePrinter(place, names);
  let hasJoined = false;
  const keepsAlive = setInterval(() => {}, 2 ** 30);
  const ended = new Promise<never>((_, reject) => {
    socket.addEventListener("message", ({ data }) => {
      const message = parseToPanel(data);
      if (message?.type !== "programs" || hasJoined) return;
      hasJoined = true;
      try {
        checkNames(message.programs, place, names);
      } catch (error) {
        reject(error);
      }
    });
    socket.addEventListener("close", ({ reason }) =>
      reject(socket.failure ?? new RerunError("CONNECTION", `the relay at ${place.origin} has ended: ${reason}`)),
    );
  });
  socket.addEventListener("error", () => {});
  socket.addEventListener("open", () => (socket as unknown as WebSocket).send(JSON.stringify({ type: "join" })));
  socket.addEventListener("message", ({ data }) => {
    const message = parseToPanel(data);
    if (message !== undefined) printer.receive(message);
  });
  try {
    await Promise.race([untilInterrupted(), ended]);
  } finally {
    clearInterval(keepsAlive);
    socket.close();
  }
}

/** @throws {RerunError} `NOT_FOUND` if no program has one of the names */
function checkNames(programs: readonly OfferedProgram[], place: ControlPlace, names: readonly string[]): void {
  const found = ofRecording(place, programs);
  const controls = found.flatMap((program) => program.controls);
  for (const name of names) controlNamed(controls, name);
}

/** Prints the values of some controls, or of all. */
class ValuePrinter {
  readonly #place: ControlPlace;
  readonly #names: ReadonlySet<string>;
  /** The recordings of programs, by their ids. */
  readonly #recordings = new Map<string, string>();

  constructor(place: ControlPlace, names: readonly string[]) {
    this.#place = place;
    this.#names = new Set(names);
  }

  receive(message: ToPanel): void {
    if (message.type === "programs") {
      for (const { program, recording, values } of message.programs) {
        const isNew = !this.#recordings.has(program);
        this.#recordings.set(program, recording);
        if (isNew) this.#print(program, values);
      }
    } else if (message.type === "values") this.#print(message.program, message.values);
  }

  #print(program: string, values: object): void {
    const recording = this.#recordings.get(program);
    const { recording: wanted, isJson } = this.#place;
    if (wanted !== undefined && wanted !== recording) return;
    for (const [name, value] of Object.entries(values)) {
      if (this.#names.size > 0 && !this.#names.has(name)) continue;
      console.log(isJson ? JSON.stringify({ recording, name, value }) : `${name} ${JSON.stringify(value)}`);
    }
  }
}
