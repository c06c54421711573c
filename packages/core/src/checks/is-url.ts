/** Whether a value is a `URL`, also one of another realm or of a replacement of the class. */
export function isUrl(value: unknown): value is URL {
  return typeof value === "object" && Object.prototype.toString.call(value) === "[object URL]";
}
