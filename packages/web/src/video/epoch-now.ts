/** The wall-clock time in milliseconds since 1970, with a fraction. */
export function epochNow(): number {
  return performance.timeOrigin + performance.now();
}
