/** Whether a value is a promise, of any realm and any class: programs replace the global `Promise`. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
