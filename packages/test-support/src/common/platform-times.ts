// Times and texts of the platform and of well-known libraries, for suites that pass each of them in each place.

/** A time, and what it is. */
export interface ForeignTime {
  readonly name: string;
  readonly make: () => unknown;
  /** Nanoseconds since 1970 as a timestamp. */
  readonly timestamp?: bigint;
  /** Nanoseconds as a duration. */
  readonly duration?: bigint;
  /** Part of the message with which it is refused where it is not a time. */
  readonly remedy: RegExp;
}

const MILLIS = Date.UTC(2026, 0, 1);
const NANOS = BigInt(MILLIS) * 1_000_000n;
const date = (): Date => new Date(MILLIS);

/** An object of a class with a name. */
function ofClass(name: string, members: object): object {
  const type = { [name]: class {} }[name] as new () => object;
  return Object.assign(new type(), members);
}

/** An object of a class of the platform that is newer than some engines. */
function tagged(tag: string, members: object): object {
  return Object.create({ ...members, [Symbol.toStringTag]: tag }) as object;
}

/** Times in each of their classes. */
export function timesOfPlatform(): readonly ForeignTime[] {
  const seconds = MILLIS / 1000;
  const instants = [
    { name: "a Date", make: date },
    { name: "a subclass of Date", make: () => new (class Day extends Date {})(MILLIS) },
    { name: "a Temporal.Instant", make: () => tagged("Temporal.Instant", { epochNanoseconds: NANOS }) },
    { name: "a Temporal.ZonedDateTime", make: () => tagged("Temporal.ZonedDateTime", { epochNanoseconds: NANOS }) },
  ];
  const units = Object.entries({ Seconds: 1_000_000_000n, Millis: 1_000_000n, Micros: 1000n, Nanos: 1n });
  return [
    ...instants.map((instant) => ({ ...instant, timestamp: NANOS, remedy: /must be seconds as a number/ })),
    { name: "nanoseconds as a bigint", make: () => 7n, timestamp: 7n, duration: 7n, remedy: /none/ },
    {
      name: "a number of seconds",
      make: () => 1.5,
      timestamp: 1_500_000_000n,
      duration: 1_500_000_000n,
      remedy: /none/,
    },
    ...units.map(([unit, nanos]) => ({
      name: `a timestamp of DuckDB in ${unit}`,
      make: () => ofClass(`DuckDBTimestamp${unit}Value`, { [unit.toLowerCase()]: 3n }),
      timestamp: 3n * nanos,
      duration: 3n * nanos,
      remedy: /none/,
    })),
    // Refused, with the remedy.
    { name: "an invalid Date", make: () => new Date(Number.NaN), remedy: /an invalid Date|must be seconds/ },
    { name: "a proxy of a Date", make: () => new Proxy(date(), {}), remedy: /not a proxy of one|must be seconds/ },
    { name: "milliseconds as a number", make: () => MILLIS, remedy: /milliseconds\? pass a `Date`|signed 64-bit/ },
    { name: "text", make: () => date().toISOString(), remedy: /a date as text\? Pass `new Date\(text\)`/ },
    { name: "a time of Moment.js", make: () => ofClass("Moment", { toDate: date }), remedy: /pass `value.toDate\(\)`/ },
    { name: "a time of Day.js", make: () => ofClass("M", { $d: date(), toDate: date }), remedy: /`value.toDate\(\)`/ },
    {
      name: "a time of Luxon",
      make: () => ofClass("DateTime", { toJSDate: date, toMillis: () => MILLIS }),
      remedy: /pass `value.toJSDate\(\)`/,
    },
    {
      name: "a time of Firestore",
      make: () => ofClass("Timestamp", { seconds, nanoseconds: 5, toDate: date, toMillis: () => MILLIS }),
      remedy: /pass `value.toDate\(\)`/,
    },
    {
      name: "a duration of Luxon",
      make: () => ofClass("Duration", { toMillis: () => 5 }),
      remedy: /pass `\{ millis: value.toMillis\(\) \}`/,
    },
    {
      name: "a duration of Moment.js",
      make: () => ofClass("Duration", { asMilliseconds: () => 5 }),
      remedy: /pass `\{ millis: value.asMilliseconds\(\) \}`/,
    },
    {
      name: "a Temporal.Duration",
      make: () => tagged("Temporal.Duration", { seconds: 2 }),
      remedy: /pass `\{ millis: duration.total\("milliseconds"\) \}`/,
    },
    {
      name: "a Temporal.PlainDateTime",
      make: () => tagged("Temporal.PlainDateTime", { hour: 1 }),
      remedy: /pass `value.toZonedDateTime\(timeZone\)`/,
    },
    ...[
      ["sec", "nanosec"],
      ["secs", "nsecs"],
      ["seconds", "nanos"],
    ].map(([whole = "", part = ""]) => ({
      name: `{ ${whole}, ${part} }`,
      make: () => ({ [whole]: seconds, [part]: 5 }),
      remedy: new RegExp(String.raw`BigInt\(value.${whole}\) \* 1_000_000_000n \+ BigInt\(value.${part}\)`),
    })),
    { name: "a bigint object", make: () => Object(5n) as unknown, remedy: /got BigInt \(pass its `.valueOf\(\)`\)/ },
    { name: "a number object", make: () => Object(5) as unknown, remedy: /got Number \(pass its `.valueOf\(\)`\)/ },
    { name: "a promise", make: () => Promise.resolve(date()), remedy: /await it first/ },
    { name: "a Ref of Vue", make: () => ({ __v_isRef: true, value: date() }), remedy: /Pass its `.value`/ },
  ];
}

/** Values that are not text, though they look like one. */
export function textsOfPlatform(): readonly {
  readonly name: string;
  readonly make: () => unknown;
  readonly remedy: RegExp;
}[] {
  return [
    { name: "a String object", make: () => Object("abc") as unknown, remedy: /got String \(pass its `.valueOf\(\)`\)/ },
    { name: "a URL", make: () => new URL("https://example.com/"), remedy: /got URL/ },
    { name: "a TrustedHTML", make: () => tagged("TrustedHTML", { toString: () => "<b>" }), remedy: /got / },
    { name: "bytes", make: () => new Uint8Array([97]), remedy: /got 97 at index 0|got Uint8Array/ },
    { name: "a Date", make: date, remedy: /got Date/ },
    { name: "an Error", make: () => new Error("failed"), remedy: /got Error/ },
    { name: "a number", make: () => 5, remedy: /got 5/ },
    { name: "a symbol", make: () => Symbol("a"), remedy: /got a symbol/ },
    { name: "a promise", make: () => Promise.resolve("a"), remedy: /await it first/ },
    { name: "a Ref of Vue", make: () => ({ __v_isRef: true, value: "a" }), remedy: /Pass its `.value`/ },
  ];
}
