// The messages of the channel `rerun-ts.controls.v1`, which docs/controls-protocol.md describes. Each is one text frame
// with a JSON object.
import type { ControlValue } from "./declare/control-types.ts";

// The subprotocols of programs and panels at the path `/ws` of a relay: that of the channel, and that with the token.
export { CONTROLS_SUBPROTOCOL, TOKEN_SUBPROTOCOL, tokenSubprotocol } from "@rerun-ts/core/transport";

export { suggestControl } from "./declare/suggest-control.ts";

/** Interval of the beats of a panel while a button is held, in milliseconds. */
export const BEAT_MS = 150;
/** The time without a beat after which a program releases a button, in milliseconds. */
export const RELEASE_MS = 500;
/** The time without any message after which a relay is gone, in milliseconds. */
export const SILENCE_MS = 15_000;
/** The most changes of a value that a panel sends each second. */
export const MAX_CHANGES_PER_SECOND = 60;

/** A control as panels know it. Its value is in `values`. Names in folders are paths, such as `log/level`. */
export interface Declaration {
  readonly name: string;
  readonly kind: "slider" | "number" | "select" | "checkbox" | "text" | "vector3" | "color" | "button" | "folder";
  readonly label?: string;
  readonly hint?: string;
  readonly disabled?: boolean;
  /** From 0 to 1. `null` in an update removes it. */
  readonly progress?: number | null;
  /** Of numbers and vectors. */
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** Of a choice. */
  readonly options?: readonly string[];
  /** Of a text. */
  readonly maxLength?: number;
  readonly secret?: boolean;
  /** Of a button: the `code` of a keyboard event. */
  readonly key?: string;
  readonly hold?: boolean;
  readonly confirm?: boolean;
}

/** The values of controls, by name. Secret texts and buttons are missing. */
export type Values = Readonly<Record<string, ControlValue>>;

/** A change of a declaration. */
export type DeclarationUpdate = Partial<Omit<Declaration, "name" | "kind">>;

/** Changed declarations, by name. */
export type DeclarationUpdates = Readonly<Record<string, DeclarationUpdate>>;

/** Whether a button goes down or up. Buttons without `hold` are only pressed. */
export type PressPhase = "press" | "release";

/**
 * The outcome of a change, a press, a click or a key. `done`, `failed` and `timedOut` are final, and so are `replaced`:
 * a later value came before the handler was free, and `refused`: nothing happened. A press is `received` before its
 * handler starts.
 */
export type Outcome = "received" | "done" | "failed" | "timedOut" | "replaced" | "refused";

/** A click in the viewer of the page. */
export interface PickMessage {
  /** The path of the clicked entity, such as `/arm/hand`. */
  readonly entityPath: string;
  /** The index of the point, the box … that was clicked. */
  readonly instance?: number;
  /** In the space of the view. */
  readonly position?: readonly [number, number, number];
  /** The timeline of the viewer. */
  readonly timeline?: string;
  /** The time of the viewer: a sequence number, or nanoseconds. */
  readonly time?: number;
  /** The id of the clicked view. */
  readonly view?: string;
}

/** A token of a program for its panels. */
export interface ControlToken {
  /** Who has it: recordings name this. */
  readonly name: string;
  readonly token: string;
}

/** A message of a program. */
export type FromProgram =
  | {
      readonly type: "offer";
      /** The id of the program, which stays the same when it connects again. */
      readonly program: string;
      readonly application: string;
      readonly recording: string;
      readonly exclusive?: boolean;
      /** Whether panels on other machines than the relay may control. */
      readonly remote?: boolean;
      readonly tokens: readonly ControlToken[];
      readonly controls: readonly Declaration[];
      readonly values: Values;
    }
  | { readonly type: "update"; readonly controls: DeclarationUpdates }
  | { readonly type: "values"; readonly values: Values }
  | {
      readonly type: "answer";
      readonly client: string;
      readonly id: string;
      readonly outcome: Outcome;
      readonly message?: string;
    };

/** The sign of life that a relay sends every 5 seconds. A relay that is silent for {@link SILENCE_MS} is gone. */
interface Alive {
  readonly type: "alive";
}

/** A message for a program. `client` is the id of a panel, `by` is the name of its token. */
export type ToProgram =
  | { readonly type: "ready" }
  | Alive
  | { readonly type: "error"; readonly message: string }
  | { readonly type: "connect" | "disconnect"; readonly client: string; readonly by: string }
  | { readonly type: "beat"; readonly client: string }
  /** The panel that controls an exclusive program has changed. */
  | { readonly type: "holder"; readonly client: string | null }
  | (PanelAction & { readonly client: string; readonly by: string });

/** An action of a person. `id` is new for each, and at most 64 characters long. */
export type PanelAction =
  | {
      readonly type: "set";
      readonly id: string;
      readonly name: string;
      readonly value: ControlValue;
      /** Whether the panel has sent it before, and has received no answer. */
      readonly resent?: boolean;
    }
  | {
      readonly type: "press";
      readonly id: string;
      readonly name: string;
      readonly phase: PressPhase;
      /** Whether a person has confirmed the press of a button with `confirm`. */
      readonly confirmed?: boolean;
    }
  | { readonly type: "pick"; readonly id: string; readonly pick: PickMessage }
  | { readonly type: "key"; readonly id: string; readonly key: string };

/** A message of a panel. `program` is the id of a program. */
export type FromPanel =
  | { readonly type: "join" }
  | { readonly type: "beat" }
  | { readonly type: "take" | "leave"; readonly program: string }
  | (PanelAction & { readonly program: string });

/** A program as panels know it. */
export interface OfferedProgram {
  readonly program: string;
  readonly application: string;
  readonly recording: string;
  readonly controls: readonly Declaration[];
  readonly values: Values;
  /** Whether one panel controls at a time. */
  readonly exclusive?: boolean;
  /** The panel that controls, of an exclusive program. */
  readonly holder?: string;
}

/** A message for a panel. */
export type ToPanel =
  | {
      readonly type: "programs";
      readonly client: string;
      readonly by: string;
      readonly programs: readonly OfferedProgram[];
    }
  | { readonly type: "update"; readonly program: string; readonly controls: DeclarationUpdates }
  | { readonly type: "values"; readonly program: string; readonly values: Values }
  | {
      readonly type: "answer";
      readonly program: string;
      readonly id: string;
      readonly outcome: Outcome;
      readonly message?: string;
    }
  | { readonly type: "holder"; readonly program: string; readonly client: string | null }
  | Alive
  | { readonly type: "error"; readonly message: string };

/** A check of a field. */
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isList: Check = (value) => Array.isArray(value) && value.every(isObject);
const isAnything: Check = (value) => value !== undefined;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const ACTOR = { client: isText, by: isText };

const TO_PROGRAM: Readonly<Record<ToProgram["type"], Readonly<Record<string, Check>>>> = {
  ready: {},
  alive: {},
  error: { message: isText },
  connect: ACTOR,
  disconnect: ACTOR,
  beat: { client: isText },
  holder: { client: (client) => client === null || isText(client) },
  set: { ...ACTOR, id: isText, name: isText, value: isAnything },
  press: { ...ACTOR, id: isText, name: isText, phase: (phase) => phase === "press" || phase === "release" },
  pick: { ...ACTOR, id: isText, pick: (pick) => isObject(pick) && isText((pick as PickMessage).entityPath) },
  key: { ...ACTOR, id: isText, key: isText },
};

const TO_PANEL: Readonly<Record<ToPanel["type"], Readonly<Record<string, Check>>>> = {
  programs: { client: isText, by: isText, programs: isList },
  update: { program: isText, controls: isObject },
  values: { program: isText, values: isObject },
  answer: { program: isText, id: isText, outcome: isText, message: optional(isText) },
  holder: { program: isText, client: (client) => client === null || isText(client) },
  alive: {},
  error: { message: isText },
};

/** Parses a message that a program has received. `undefined`: it is none that this version knows. */
export function parseToProgram(text: unknown): ToProgram | undefined {
  return parseMessage(text, TO_PROGRAM) as ToProgram | undefined;
}

/** Parses a message that a panel has received. `undefined`: it is none that this version knows. */
export function parseToPanel(text: unknown): ToPanel | undefined {
  return parseMessage(text, TO_PANEL) as ToPanel | undefined;
}

function parseMessage(text: unknown, known: Readonly<Record<string, Readonly<Record<string, Check>>>>): unknown {
  if (typeof text !== "string") return undefined;
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(message)) return undefined;
  const fields = message as Readonly<Record<string, unknown>>;
  const { type } = fields;
  if (typeof type !== "string" || !Object.hasOwn(known, type)) return undefined;
  const checks = Object.entries(known[type] ?? {});
  return checks.every(([name, check]) => check(fields[name])) ? message : undefined;
}
