import {
  checkFields,
  isListOf,
  isName,
  isObject,
  isText,
  optionally,
  type Check,
  type Fields,
} from "./message-checks.ts";

/** The most controls of a program. */
const MAX_CONTROLS = 500;
/** The most tokens of a program. */
const MAX_TOKENS = 32;
/** The limits of texts, in UTF-16 code units. */
const MAX_ID = 64;
const MAX_STORE_ID = 1000;
const MAX_MESSAGE = 1000;
/** A short token could be guessed. */
const MIN_TOKEN = 16;
const MAX_TOKEN = 256;

/** A control of a program. The relay knows the name, and whether its value is secret; panels know the rest. */
export interface OfferedControl extends Fields {
  readonly name: string;
  readonly kind: string;
}

/** The offer of a program. */
export interface Offer {
  readonly type: "offer";
  readonly program: string;
  readonly application: string;
  readonly recording: string;
  readonly exclusive?: boolean;
  /** Whether panels on other machines may control. */
  readonly remote?: boolean;
  readonly tokens: readonly { readonly name: string; readonly token: string }[];
  readonly controls: readonly OfferedControl[];
  readonly values: Fields;
}

/** A message of a program, after its offer. */
export type ProgramMessage =
  | { readonly type: "update"; readonly controls: Readonly<Record<string, Fields>> }
  | { readonly type: "values"; readonly values: Fields }
  | Answer;

/** The outcome of an action of a client. */
export interface Answer {
  readonly type: "answer";
  readonly client: string;
  readonly id: string;
  readonly outcome: string;
  readonly message?: string;
}

/** An action of a person. */
export type Action = { readonly id: string } & (
  | { readonly type: "set"; readonly name: string; readonly value: unknown; readonly resent?: boolean }
  | { readonly type: "press"; readonly name: string; readonly phase: "press" | "release"; readonly confirmed?: boolean }
  | { readonly type: "pick"; readonly pick: Fields }
  | { readonly type: "key"; readonly key: string }
);

/** A message of a panel, after it has joined. */
export type PanelMessage =
  | { readonly type: "beat" }
  | { readonly type: "take"; readonly program: string }
  | { readonly type: "leave"; readonly program: string }
  | (Action & { readonly program: string });

const isId = isText(1, MAX_ID);
const isBoolean: Check = (value) => typeof value === "boolean";
const isControl: Check = (value) => isObject(value) && isName(value.name) && isText(1, MAX_ID)(value.kind);
const isToken: Check = (value) =>
  isObject(value) && isText(1, MAX_ID)(value.name) && isText(MIN_TOKEN, MAX_TOKEN)(value.token);
const isNamed =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.keys(value).length <= MAX_CONTROLS && Object.values(value).every(check);

const OFFER: Readonly<Record<string, Check>> = {
  program: isText(16, MAX_ID),
  application: isText(1, MAX_STORE_ID),
  recording: isText(1, MAX_STORE_ID),
  exclusive: optionally(isBoolean),
  remote: optionally(isBoolean),
  tokens: isListOf(1, MAX_TOKENS, isToken),
  controls: isListOf(0, MAX_CONTROLS, isControl),
  values: isNamed((value) => value !== undefined),
};

const FROM_PROGRAM: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  offer: OFFER,
  update: { controls: isNamed(isObject) },
  values: { values: isNamed((value) => value !== undefined) },
  answer: { client: isId, id: isId, outcome: isId, message: optionally(isText(0, MAX_MESSAGE)) },
};

const ACTION = { program: isId, id: isId };
const FROM_PANEL: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  join: {},
  beat: {},
  take: { program: isId },
  leave: { program: isId },
  set: { ...ACTION, name: isName, value: (value) => value !== undefined, resent: optionally(isBoolean) },
  press: {
    ...ACTION,
    name: isName,
    phase: (phase) => phase === "press" || phase === "release",
    confirmed: optionally(isBoolean),
  },
  pick: { ...ACTION, pick: (pick) => isObject(pick) && isText(1, MAX_STORE_ID)(pick.entityPath) },
  key: { ...ACTION, key: isText(1, MAX_ID) },
};

/** Parses the first message of a client, which says what it is. @throws {RelayError} if it says neither */
export function parseFirst(data: string): Offer | { readonly type: "join" } {
  return checkFields(data, { offer: OFFER, join: {} }) as Offer | { readonly type: "join" };
}

/** Parses a message of a program. @throws {RelayError} if it is malformed */
export function parseFromProgram(data: string): ProgramMessage | Offer {
  return checkFields(data, FROM_PROGRAM) as ProgramMessage | Offer;
}

/** Parses a message of a panel. @throws {RelayError} if it is malformed */
export function parseFromPanel(data: string): PanelMessage | { readonly type: "join" } {
  return checkFields(data, FROM_PANEL) as PanelMessage | { readonly type: "join" };
}
