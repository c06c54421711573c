import { brand, hasAnyBrand } from "./brand.ts";
import { remedyFor } from "./remedy.ts";
import { describeValue } from "./describe-value.ts";

/**
 * An invalid value, found by code that does not know the name of the argument.
 *
 * Public calls catch this error. `log`, `setTime` and the like report it with the names of the argument and the entity.
 * Builders such as `TimeColumn.sequence` convert it into a `TypeError` or `RangeError`. Users never receive the error
 * itself.
 */
export class InvalidValueError extends Error {
  /** The expectation, as it reads after "must be", or the whole problem if `got` is missing. */
  readonly expected: string;
  /** The received value, as it reads after "got". */
  readonly got: string | undefined;
  /** Whether the type is right and only the size or range is wrong. */
  readonly isRange: boolean;
  /** The argument or field, if only the throwing code knows its name. */
  readonly argument: string | undefined;
  /** The position of the value inside the argument, e.g. `.info.label`. Empty for the argument itself. */
  readonly path: string;

  /** The position of the value in a list, after a problem without `got`, such as ` at index 3`. Empty otherwise. */
  readonly place: string;

  constructor(expected: string, got: string | undefined, isRange: boolean, argument?: string, path = "", place = "") {
    super(got === undefined ? expected + (place && `,${place}`) : `must be ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
    this.isRange = isRange;
    this.argument = argument;
    this.path = path;
    this.place = place;
  }

  /** Errors of other copies of this package are instances, too, also of other versions: their messages explain both. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasAnyBrand(value, "InvalidValueError");
  }

  /** A copy of the error that also names the index of the value in a list. */
  atIndex(index: number): InvalidValueError {
    const { expected, got, isRange, argument, path, place } = this;
    const text = got ?? place;
    const at = `${text} ${text.includes(" at index ") ? "of the item at" : "at"} index ${index}`;
    return got === undefined
      ? new InvalidValueError(expected, got, isRange, argument, path, at)
      : new InvalidValueError(expected, at, isRange, argument, path);
  }

  /** Converts the error into the error of a builder: "`values` must be …, got …". */
  toError(argument: string): TypeError | RangeError {
    const message = `\`${argument}${this.path}\` ${this.message}`;
    return Object.assign(this.isRange ? new RangeError(message) : new TypeError(message), { argument });
  }
}

brand(InvalidValueError.prototype, "InvalidValueError");

/** A copy of an error that also names the key of an object at which the value was found. */
export function withinKey(error: InvalidValueError, key: string): InvalidValueError {
  const { expected, got, isRange, argument, path, place } = error;
  return new InvalidValueError(expected, got, isRange, argument, `.${key}${path}`, place);
}

/**
 * Creates the error for a problem that does not follow the pattern "must be …": it reads after the name of the value,
 * such as "has two columns".
 */
export function problemWith(argument: string | undefined, problem: string): InvalidValueError {
  return new InvalidValueError(problem, undefined, false, argument);
}

/** Creates the error for a value of the wrong type. */
export function wrongType(expected: string, value: unknown): InvalidValueError {
  return new InvalidValueError(expected, `${describeValue(value)}${remedyFor(value)}`, false);
}

/** Creates the error for an argument of the wrong type: "`name` must be …, got …". */
export function invalidArgument(name: string, expected: string, value: unknown): TypeError {
  return wrongType(expected, value).toError(name);
}

/** Creates an error about an argument with a message that does not follow the pattern "must be …". */
export function argumentError(argument: string, message: string, options?: ErrorOptions): TypeError {
  return Object.assign(new TypeError(message, options), { argument });
}

/** Creates the error for a value of the right type that is not allowed. */
export function outOfRange(expected: string, value: unknown): InvalidValueError {
  return new InvalidValueError(expected, describeValue(value), true);
}

/** Creates the error for a wrong number or state of something, which `got` describes, e.g. `4 numbers`. */
export function wrongCount(expected: string, got: string): InvalidValueError {
  return new InvalidValueError(expected, got, true);
}

/** Runs the body of a builder and converts an {@link InvalidValueError} into an error that names `argument`. */
export function checked<T>(argument: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw error instanceof InvalidValueError ? error.toError(argument) : error;
  }
}

/** Calls `visit` for every index below `length` and adds the index to an {@link InvalidValueError}. */
export function forEachIndex(length: number, visit: (index: number) => void): void {
  let index = 0;
  try {
    for (; index < length; index++) visit(index);
  } catch (error) {
    throw error instanceof InvalidValueError ? error.atIndex(index) : error;
  }
}
