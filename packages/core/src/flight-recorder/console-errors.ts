import { describeValue } from "../checks/describe-value.ts";
import { isError } from "../checks/kind-of.ts";

/** The longest text of a reason. */
const MAX_LENGTH = 300;

/** Calls a function with the text of each `console.error`, after the console. Returns a function that ends it. */
export function watchConsoleErrors(onError: (text: string) => void): () => void {
  const original = console.error;
  let isRunning = false;
  let isOver = false;
  const patched = (...values: unknown[]): void => {
    original.apply(console, values);
    if (isRunning || isOver) return;
    isRunning = true;
    try {
      onError(values.map(errorText).join(" ").slice(0, MAX_LENGTH));
    } finally {
      isRunning = false;
    }
  };
  console.error = patched;
  return () => {
    isOver = true;
    // Somebody else may have replaced the method since then.
    if (console.error === patched) console.error = original;
  };
}

/** A value as it stands in the reason of a dump. */
export function errorText(value: unknown): string {
  if (typeof value === "string") return value.slice(0, MAX_LENGTH);
  if (isError(value)) return `${value.name}: ${value.message}`.slice(0, MAX_LENGTH);
  return describeValue(value).slice(0, MAX_LENGTH);
}
