/** The stream behind `console.log`: a property of Node's console that no other runtime has. */
const CONSOLE_STREAM = "_stdout";
/** The methods of a console that print to standard output. */
const METHODS: readonly (keyof Console)[] = ["log", "info", "debug", "dir", "dirxml", "table", "group", "timeLog"];

/** The way in which Node makes the stream of standard output, at its first use. */
const original = Object.getOwnPropertyDescriptor(process, "stdout");

let isRedirected = false;
let report: (() => void) | undefined;

/**
 * Lets the console of this thread, and all that asks for `process.stdout` from now on, print to standard error:
 * standard output is a recording, which text would damage. Lasts until the process ends, because text behind a
 * recording damages it as well.
 *
 * @param onFirstText called once, before the first text is redirected
 */
export function redirectOutput(onFirstText: () => void): void {
  report ??= onFirstText;
  if (isRedirected) return;
  isRedirected = true;
  let stream: NodeJS.WriteStream | undefined;
  const redirected = { configurable: true, get: () => (stream ??= redirectedStream()) };
  Object.defineProperty(process, "stdout", { ...redirected, enumerable: true });
  if (CONSOLE_STREAM in console) Object.defineProperty(console, CONSOLE_STREAM, redirected);
  else replaceMethods();
}

/** Makes the stream of standard output, redirected or not. This sets a pipe to non-blocking. */
export function makeStandardOutput(): void {
  original?.get?.call(process);
}

/** Standard error, with a report of the first text. */
function redirectedStream(): NodeJS.WriteStream {
  const write = (...args: Parameters<typeof process.stderr.write>): boolean => {
    reportOnce();
    return process.stderr.write(...args);
  };
  // The stream itself: `pipe` and `pipeline` look for more than `write`.
  return Object.create(process.stderr, {
    write: { value: write, writable: true, configurable: true },
  }) as NodeJS.WriteStream;
}

/** For other runtimes, whose consoles write to the descriptor. */
function replaceMethods(): void {
  for (const name of METHODS) {
    Object.assign(console, {
      [name]: (...args: unknown[]) => {
        reportOnce();
        console.error(...args);
      },
    });
  }
}

function reportOnce(): void {
  const onFirstText = report;
  report = () => {};
  onFirstText?.();
}
