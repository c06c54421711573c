import { typedArrayName, kindOf } from "@rerun-ts/core/checks";
import type { BoundedText } from "./bounded-text.ts";

/** The maximum nesting. Deeper objects are only named. */
const MAX_DEPTH = 6;
/** The maximum number of items of a list, or fields of an object, that are written. */
const MAX_ITEMS = 100;
const UNREADABLE = "[unreadable]";
/** The fields that {@link writeError} treats specially. */
const ERROR_KEYS: ReadonlySet<string> = new Set(["name", "message", "stack", "cause"]);

/** The objects that contain the current one, outermost first. */
type Ancestors = readonly object[];

/**
 * Writes a value for people to read: a string unchanged, an error with its stack and cause, everything else much like
 * JSON. Getters are not called, `toJSON` is. Never throws.
 */
export function writeValue(value: unknown, text: BoundedText): void {
  try {
    writeAny(value, text, []);
  } catch {
    text.add(UNREADABLE);
  }
}

/** Whether a value is an error, including those of other realms and serialised ones. */
export function isErrorLike(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    const { message, stack } = value as Partial<Error>;
    return value instanceof Error || (typeof message === "string" && typeof stack === "string");
  } catch {
    return false;
  }
}

function writeAny(value: unknown, text: BoundedText, ancestors: Ancestors): void {
  if (typeof value === "object" && value !== null) writeObject(value, text, ancestors);
  else if (typeof value !== "string") text.add(describePrimitive(value));
  else if (ancestors.length === 0) text.add(value);
  else text.addQuoted(value);
}

function describePrimitive(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name === "" ? "[function]" : `[function ${value.name}]`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function writeObject(object: object, text: BoundedText, ancestors: Ancestors): void {
  if (ancestors.includes(object)) return text.add("[circular]");
  try {
    const plain = plainOf(object);
    if (typeof plain !== "object" || plain === null) writeAny(plain, text, ancestors);
    else if (ancestors.length === MAX_DEPTH) text.add(Array.isArray(plain) ? "[…]" : "{…}");
    else writeContent(plain, text, [...ancestors, object]);
  } catch {
    text.add(UNREADABLE);
  }
}

/**
 * The result of `toJSON`, or the object if it has no such method. The `toJSON` of bytes is ignored, because its result
 * is unreadable.
 */
function plainOf(object: object): unknown {
  const { toJSON } = object as { toJSON?: unknown };
  return typeof toJSON === "function" && !ArrayBuffer.isView(object) ? toJSON.call(object) : object;
}

function writeContent(object: object, text: BoundedText, ancestors: Ancestors): void {
  const write = (item: unknown): void => writeAny(item, text, ancestors);
  if (isErrorLike(object)) return writeError(object, text, ancestors);
  if (kindOf(object) === "RegExp") return text.add((object as RegExp).toString());
  if (Array.isArray(object)) return writeList("[]", object, object.length, text, write);
  if (typedArrayName(object) !== undefined) {
    const numbers = object as unknown as ArrayLike<unknown> & Iterable<unknown>;
    text.add(`${typedArrayName(object)}(${numbers.length}) `);
    return writeList("[]", numbers, numbers.length, text, write);
  }
  text.add(classPrefix(object));
  if (kindOf(object) === "Set") {
    const set = object as ReadonlySet<unknown>;
    return writeList("{}", set, set.size, text, write);
  }
  if (kindOf(object) === "Map") {
    const map = object as ReadonlyMap<unknown, unknown>;
    return writeList("{}", map, map.size, text, ([key, value]) => {
      write(key);
      text.add(" => ");
      write(value);
    });
  }
  writeFieldsOf(object, Object.keys(object), text, ancestors);
}

function writeList<Item>(
  brackets: "[]" | "{}",
  items: Iterable<Item>,
  count: number,
  text: BoundedText,
  write: (item: Item) => void,
): void {
  text.add(brackets.charAt(0));
  let index = 0;
  for (const item of items) {
    if (text.isFull) return;
    if (index > 0) text.add(", ");
    if (index === MAX_ITEMS) {
      text.add(`… ${count - index} more`);
      break;
    }
    write(item);
    index++;
  }
  text.add(brackets.charAt(1));
}

function writeFieldsOf(object: object, keys: readonly string[], text: BoundedText, ancestors: Ancestors): void {
  writeList("{}", keys, keys.length, text, (key) => {
    text.addQuoted(key);
    text.add(": ");
    const property = Object.getOwnPropertyDescriptor(object, key);
    if (property?.get === undefined) writeAny(property?.value, text, ancestors);
    else text.add("[getter]");
  });
}

function writeError(error: object, text: BoundedText, ancestors: Ancestors): void {
  text.add(stackOf(error));
  const keys = Object.keys(error).filter((key) => !ERROR_KEYS.has(key) && !isTypeOfStack(error, key));
  if (keys.length > 0) {
    text.add(" ");
    writeFieldsOf(error, keys, text, ancestors);
  }
  const { errors } = error as { readonly errors?: unknown };
  if (Array.isArray(errors)) {
    text.add("\n");
    writeList("[]", errors as readonly unknown[], errors.length, text, (item) => writeAny(item, text, ancestors));
  }
  const { cause } = error as { cause?: unknown };
  if (cause === undefined) return;
  text.add("\ncaused by: ");
  writeAny(cause, text, ancestors);
}

function stackOf(error: object): string {
  const { name, message, stack } = error as Readonly<Record<string, unknown>>;
  const header = `${String(name)}: ${String(message)}`;
  if (typeof stack !== "string") return header;
  // In some engines the stack lacks the message. The stack of serialised errors contains it.
  return stack.includes(String(message)) || !(error instanceof Error) ? stack : `${header}\n${stack}`;
}

/** Whether a field is redundant: pino stores the name of an error as `type`, which the stack begins with. */
function isTypeOfStack(error: object, key: string): boolean {
  const { type, stack } = error as Readonly<Record<string, unknown>>;
  return key === "type" && typeof type === "string" && String(stack).startsWith(type);
}

/** The name of an object's class and a space. Empty for plain objects. */
function classPrefix(object: object): string {
  const { constructor } = object as { constructor?: unknown };
  const name = typeof constructor === "function" ? constructor.name : "";
  return name === "" || name === "Object" ? "" : `${name} `;
}
