import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { RelayError } from "../relay-error.ts";

/** An object from elsewhere. */
export type Fields = Readonly<Record<string, unknown>>;
/** A check of a field. */
export type Check = (value: unknown) => boolean;

const NAME = /^[A-Za-z_][\w-]*(?:\/[A-Za-z_][\w-]*){0,7}$/;
const MAX_NAME = 200;

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is the name of a control, with the names of its folders. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_NAME && NAME.test(value);
}

export function isText(min: number, max: number): Check {
  return (value) => typeof value === "string" && value.length >= min && value.length <= max;
}

export function isListOf(min: number, max: number, check: Check): Check {
  return (value) => Array.isArray(value) && value.length >= min && value.length <= max && value.every(check);
}

export function optionally(check: Check): Check {
  return (value) => value === undefined || check(value);
}

/**
 * Parses a message and checks its fields. The error omits their values, which may be secret.
 * @throws {RelayError} naming the field that is wrong
 */
export function checkFields(data: string, known: Readonly<Record<string, Readonly<Record<string, Check>>>>): Fields {
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    throw malformed("a message is not JSON");
  }
  if (!isObject(message)) throw malformed("a message is not an object");
  const { type } = message;
  const checks = typeof type === "string" && Object.hasOwn(known, type) ? known[type] : undefined;
  if (checks === undefined) throw malformed(`expected a message ${Object.keys(known).join(", ")}`);
  for (const [name, check] of Object.entries(checks))
    if (!check(message[name])) throw malformed(`the message ${String(type)} has a wrong \`${name}\``);
  return message;
}

function malformed(message: string): RelayError {
  return new RelayError(GRPC_STATUS.invalidArgument, message);
}
