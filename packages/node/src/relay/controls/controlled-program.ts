import { digestText } from "../http/access-grants.ts";
import type { Fields } from "./message-checks.ts";
import type { Offer, OfferedControl } from "./control-messages.ts";

/** The connection of a program or a panel, or a request. */
export interface Peer {
  /** Sends a message. Returns whether there was room for it. */
  send(text: string, isUrgent?: boolean): boolean;
  /** Ends the connection, with a code of WebSockets. */
  end(code: number, reason: string): void;
}

/** Who wants to control. */
export interface Identity {
  /** The SHA-256 of the token. */
  readonly digest: string;
  /** Whether the client is on this machine. */
  readonly isLocal: boolean;
}

/** A program that offers controls, and their present state. Values of secret controls are dropped. */
export class ControlledProgram {
  readonly id: string;
  readonly application: string;
  readonly recording: string;
  readonly isExclusive: boolean;
  readonly #isRemote: boolean;
  readonly peer: Peer;
  /** The panel that controls an exclusive program. */
  holder: string | undefined;
  /** The SHA-256 of each token → its name. */
  readonly #tokens: ReadonlyMap<string, string>;
  readonly #controls: Map<string, OfferedControl>;
  readonly #values = new Map<string, unknown>();

  constructor(offer: Offer, peer: Peer) {
    this.id = offer.program;
    this.application = offer.application;
    this.recording = offer.recording;
    this.isExclusive = offer.exclusive === true;
    this.#isRemote = offer.remote === true;
    this.peer = peer;
    this.#tokens = new Map(offer.tokens.map(({ name, token }) => [digestText(token), name]));
    this.#controls = new Map(offer.controls.map((control) => [control.name, control]));
    this.setValues(offer.values);
  }

  /** The name of a client's token, or `undefined` if the client does not control this program. */
  nameOf({ digest, isLocal }: Identity): string | undefined {
    return isLocal || this.#isRemote ? this.#tokens.get(digest) : undefined;
  }

  /** Whether a program has the same tokens: then it may replace this one. */
  hasTokensOf(other: ControlledProgram): boolean {
    return this.#tokens.size === other.#tokens.size && [...this.#tokens.keys()].every((key) => other.#tokens.has(key));
  }

  control(name: string): OfferedControl | undefined {
    return this.#controls.get(name);
  }

  value(name: string): unknown {
    return this.#values.get(name);
  }

  /** Merges changed declarations, and returns those of controls that exist. */
  update(changes: Readonly<Record<string, Fields>>): Record<string, Fields> {
    const known: Record<string, Fields> = {};
    for (const [name, change] of Object.entries(changes)) {
      const control = this.#controls.get(name);
      if (control === undefined) continue;
      const { name: _name, kind: _kind, secret: _secret, ...rest } = change;
      this.#controls.set(name, { ...control, ...rest });
      known[name] = rest;
    }
    return known;
  }

  /** Keeps present values, and returns those that panels may have. */
  setValues(values: Fields): Record<string, unknown> {
    const known: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const control = this.#controls.get(name);
      if (control === undefined || control.secret === true) continue;
      this.#values.set(name, value);
      known[name] = value;
    }
    return known;
  }

  /** The program as panels receive it. */
  describe(): Fields {
    return {
      program: this.id,
      application: this.application,
      recording: this.recording,
      controls: [...this.#controls.values()],
      values: Object.fromEntries(this.#values),
      ...(this.isExclusive && { exclusive: true }),
      ...(this.holder !== undefined && { holder: this.holder }),
    };
  }
}
