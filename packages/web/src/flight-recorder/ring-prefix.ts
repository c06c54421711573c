/** The beginning of the names of rings in the origin private file system. */
export function ringPrefix(spool: string): string {
  return `flight-recorder/${spool}/`;
}
