import { describeValue } from "./describe-value.ts";

/**
 * Thrown where a value turns out wrong, before it is known whose argument it is. The public calls
 * catch it and either report it with names (`log`, `setTime`) or turn it into a `TypeError` or
 * `RangeError` (builders such as `TimeColumn.sequence`).
 */
export class InvalidValue extends Error {
  /** What the value must be, as it reads after "must be". */
  readonly expected: string;
  /** What it was, as it reads after "got". */
  readonly got: string;
  /** Whether the type was right and only the size or range was wrong. */
  readonly isRange: boolean;
  /** Whose value it is, if that is known better here than where it is caught. */
  readonly argument: string | undefined;
  /** Where inside of the argument the value was, e.g. `.info.label`. */
  readonly path: string;

  constructor(expected: string, got: string, isRange: boolean, argument?: string, path = "") {
    super(`must be ${expected}, got ${got}`);
    this.expected = expected;
    this.got = got;
    this.isRange = isRange;
    this.argument = argument;
    this.path = path;
  }

  /** The same error, naming where in a list the value was. */
  at(index: number): InvalidValue {
    return new InvalidValue(this.expected, `${this.got} at index ${index}`, this.isRange, this.argument, this.path);
  }

  /** The same error, naming of which key of an object the value was. */
  within(key: string): InvalidValue {
    return new InvalidValue(this.expected, this.got, this.isRange, this.argument, `.${key}${this.path}`);
  }

  /** As the error that a builder throws: "`values` must be …, got …". */
  toError(argument: string): TypeError | RangeError {
    const message = `\`${argument}${this.path}\` ${this.message}`;
    return this.isRange ? new RangeError(message) : new TypeError(message);
  }
}

/** The value has the wrong type. */
export function wrongType(expected: string, value: unknown): InvalidValue {
  return new InvalidValue(expected, describeValue(value), false);
}

/** The type is right, the value is not. */
export function outOfRange(expected: string, value: unknown): InvalidValue {
  return new InvalidValue(expected, describeValue(value), true);
}

/** There are too many or too few of something; `got` tells how many of what. */
export function wrongCount(expected: string, got: string): InvalidValue {
  return new InvalidValue(expected, got, true);
}

/** Runs a builder's body; an {@link InvalidValue} leaves as `TypeError` or `RangeError` that names `argument`. */
export function checked<T>(argument: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw error instanceof InvalidValue ? error.toError(argument) : error;
  }
}

/** Calls `visit` for every index below `length`; an {@link InvalidValue} leaves with the index. */
export function forEachIndex(length: number, visit: (index: number) => void): void {
  let index = 0;
  try {
    for (; index < length; index++) visit(index);
  } catch (error) {
    throw error instanceof InvalidValue ? error.at(index) : error;
  }
}
