// Makes the clock of a program jump by days, forwards and backwards. The monotonic clock goes on.
const DAY_MS = 24 * 3_600_000;
const STEP_MS = 3000;
const RealDate = Date;

/** The same in all threads of a program: it follows from the time alone. */
function now() {
  const time = RealDate.now();
  const step = Math.floor(time / STEP_MS);
  return time + (((step * 7919) % 61) - 30) * DAY_MS;
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(now());
    else super(...args);
  }

  static now() {
    return now();
  }
};
