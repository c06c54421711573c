/** Whether a value is a `Date`, also one of another realm. It may be invalid. */
export function isDate(value: unknown): value is Date {
  return typeof value === "object" && Object.prototype.toString.call(value) === "[object Date]";
}
