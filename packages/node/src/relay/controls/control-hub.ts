import { randomUUID } from "node:crypto";
import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { RelayError } from "../relay-error.ts";
import type { Action, Answer, Offer, PanelMessage, ProgramMessage } from "./control-messages.ts";
import { ControlledProgram, type Identity, type Peer } from "./controlled-program.ts";

const MAX_PROGRAMS = 64;
const MAX_PANELS = 1000;
/** The code for a program that has connected again. Codes from 4000 on are private. */
const REPLACED = 4001;

/** A panel that has joined, or a request over HTTP. */
export interface ControlClient extends Identity {
  readonly id: string;
  readonly peer: Peer;
}

/**
 * Passes what people do to the programs that know their token, and the answers back. Keeps the present values for
 * panels that join later. A client sees no programs but those that have named its token.
 *
 * The hub is independent of sockets, and decides nothing about values: programs check each value, whoever sent it.
 */
export class ControlHub {
  /** The number of connections that were ended because of an error. */
  rejected = 0;
  readonly #programs = new Map<string, ControlledProgram>();
  readonly #panels = new Map<string, ControlClient>();
  readonly #requests = new Map<string, ControlClient>();

  /** Whether a client controls a program at present. */
  knows(client: Identity): boolean {
    return this.visible(client).length > 0;
  }

  /** The programs that a client controls. */
  visible(client: Identity): ControlledProgram[] {
    return [...this.#programs.values()].filter((program) => program.nameOf(client) !== undefined);
  }

  /** Adds a program, or replaces its earlier connection. @throws {RelayError} if there are too many */
  offer(offer: Offer, peer: Peer): ControlledProgram {
    const program = new ControlledProgram(offer, peer);
    const earlier = this.#programs.get(program.id);
    if (earlier !== undefined && !earlier.hasTokensOf(program))
      throw new RelayError(GRPC_STATUS.permissionDenied, "another program has this id");
    if (earlier === undefined && this.#programs.size >= MAX_PROGRAMS)
      throw new RelayError(GRPC_STATUS.resourceExhausted, `the relay has ${MAX_PROGRAMS} programs with controls`);
    this.#programs.set(program.id, program);
    earlier?.peer.end(REPLACED, "replaced by a newer connection");
    peer.send(JSON.stringify({ type: "ready" }));
    for (const panel of this.#panelsOf(program)) this.#tellProgram(program, panel, "connect");
    this.#tellPanels(program);
    return program;
  }

  /** Removes a program whose connection has ended. */
  withdraw(program: ControlledProgram): void {
    if (this.#programs.get(program.id) !== program) return;
    this.#programs.delete(program.id);
    this.#tellPanels(program);
    for (const request of this.#requests.values())
      request.peer.send(JSON.stringify({ type: "gone", program: program.id }));
  }

  /** Handles a message of a program. */
  onProgram(program: ControlledProgram, message: ProgramMessage): void {
    if (message.type === "answer") return this.#answer(program, message);
    const changes =
      message.type === "update"
        ? { type: "update", program: program.id, controls: program.update(message.controls) }
        : { type: "values", program: program.id, values: program.setValues(message.values) };
    this.#broadcast(program, changes);
  }

  /** Adds a panel. @throws {RelayError} if there are too many */
  join({ digest, isLocal }: Identity, peer: Peer): ControlClient {
    if (this.#panels.size >= MAX_PANELS)
      throw new RelayError(GRPC_STATUS.resourceExhausted, `the relay has ${MAX_PANELS} panels`);
    const panel: ControlClient = { id: randomUUID(), digest, isLocal, peer };
    this.#panels.set(panel.id, panel);
    this.#describe(panel);
    for (const program of this.visible(panel)) this.#tellProgram(program, panel, "connect");
    return panel;
  }

  /** Removes a panel whose connection has ended. */
  leave(panel: ControlClient): void {
    if (!this.#panels.delete(panel.id)) return;
    for (const program of this.visible(panel)) {
      this.#tellProgram(program, panel, "disconnect");
      if (program.holder === panel.id) this.#setHolder(program, undefined);
    }
  }

  /** Adds a request over HTTP, which sees the answers to it until `end` is called. */
  request({ digest, isLocal }: Identity, peer: Peer): { readonly client: ControlClient; end(): void } {
    const client: ControlClient = { id: randomUUID(), digest, isLocal, peer };
    this.#requests.set(client.id, client);
    return { client, end: () => void this.#requests.delete(client.id) };
  }

  /** Handles a message of a panel. */
  onPanel(panel: ControlClient, message: PanelMessage): void {
    if (message.type === "beat") {
      const text = JSON.stringify({ type: "beat", client: panel.id });
      for (const program of this.visible(panel)) program.peer.send(text, true);
      return;
    }
    if (message.type !== "take" && message.type !== "leave") return this.act(panel, message);
    const program = this.#programs.get(message.program);
    if (program?.nameOf(panel) === undefined || !program.isExclusive) return;
    if (message.type === "take") this.#setHolder(program, panel.id);
    else if (program.holder === panel.id) this.#setHolder(program, undefined);
  }

  /** Passes an action on, or refuses it. */
  act(client: ControlClient, { program: id, ...action }: Action & { readonly program: string }): void {
    const program = this.#programs.get(id);
    const by = program?.nameOf(client);
    const isRelease = action.type === "press" && action.phase === "release";
    const refuse = (message: string): void =>
      void client.peer.send(
        JSON.stringify({ type: "answer", program: id, id: action.id, outcome: "refused", message }),
      );
    if (program === undefined || by === undefined) return refuse("the program is gone");
    if (program.isExclusive && program.holder !== client.id && !isRelease) {
      if (program.holder !== undefined) return refuse("another panel has control");
      if (this.#panels.has(client.id)) this.#setHolder(program, client.id);
    }
    const text = JSON.stringify({ ...toProgram(action), client: client.id, by });
    if (!program.peer.send(text, isRelease)) refuse("the program does not keep up");
  }

  #answer(program: ControlledProgram, { client: clientId, id, outcome, message }: Answer): void {
    const client = this.#panels.get(clientId) ?? this.#requests.get(clientId);
    if (client === undefined || program.nameOf(client) === undefined) return;
    client.peer.send(JSON.stringify({ type: "answer", program: program.id, id, outcome, message }));
  }

  #setHolder(program: ControlledProgram, holder: string | undefined): void {
    if (program.holder === holder) return;
    program.holder = holder;
    program.peer.send(JSON.stringify({ type: "holder", client: holder ?? null }), true);
    this.#broadcast(program, { type: "holder", program: program.id, client: holder ?? null });
  }

  #panelsOf(program: ControlledProgram): ControlClient[] {
    return [...this.#panels.values()].filter((panel) => program.nameOf(panel) !== undefined);
  }

  #broadcast(program: ControlledProgram, message: object): void {
    const text = JSON.stringify(message);
    for (const { peer } of this.#panelsOf(program)) peer.send(text);
  }

  /** Tells the panels of a program which programs they have now. */
  #tellPanels(program: ControlledProgram): void {
    for (const panel of this.#panelsOf(program)) this.#describe(panel);
  }

  #describe(panel: ControlClient): void {
    const programs = this.visible(panel);
    const by = programs[0]?.nameOf(panel) ?? "";
    const { id, peer } = panel;
    peer.send(
      JSON.stringify({ type: "programs", client: id, by, programs: programs.map((program) => program.describe()) }),
    );
  }

  #tellProgram(program: ControlledProgram, panel: ControlClient, type: "connect" | "disconnect"): void {
    program.peer.send(JSON.stringify({ type, client: panel.id, by: program.nameOf(panel) }), true);
  }
}

/** The fields of an action that programs know: a client may send others. */
function toProgram(action: Action): Action {
  const { id } = action;
  switch (action.type) {
    case "set":
      return {
        type: "set",
        id,
        name: action.name,
        value: action.value,
        ...(action.resent === true && { resent: true }),
      };
    case "press":
      return { type: "press", id, name: action.name, phase: action.phase, confirmed: action.confirmed === true };
    case "pick":
      return { type: "pick", id, pick: action.pick };
    default:
      return { type: "key", id, key: action.key };
  }
}
