// Makes the clock of a program jump by days, forwards and backwards. The monotonic clock goes on.
const DAY_MS = 24 * 3_600_000;
const STEP_MS = 700;
const RealDate = Date;
let offset = 0;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offset);
    else super(...args);
  }

  static now() {
    return RealDate.now() + offset;
  }
};

setInterval(() => (offset = Math.floor((Math.random() - 0.5) * 60) * DAY_MS), STEP_MS).unref();
