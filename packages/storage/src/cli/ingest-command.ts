import { SHUTDOWN_SIGNALS } from "@rerun-ts/node/processes";
import type { CommandContext, ValuesOf } from "rerun-ts/command";
import { describeBytes } from "@rerun-ts/node/files";
import type { Commit } from "../commits/commit.ts";
import { prepareIngest, type IngestOptions, type RunningIngest } from "../ingest/start-ingest.ts";
import { ingestStatus } from "./ingest-status.ts";
import { connectOptionsOf } from "./nats-flags.ts";
import type { INGEST } from "./ingest-table.ts";
import { storeOf } from "./open-store.ts";

/** The time after which a problem counts. */
const UNHEALTHY_SECONDS = 30;
/** The time after which an end that waits for the store is explained. */
const WAITING_MS = 5000;
/** The minimum interval of printed warnings. Faster ones are only counted. */
const WARNING_MS = 1000;
const REPEATED_WARNING_MS = 60_000;

/** Runs `rerun-ts ingest` until a signal. @throws {UsageError} if the command line is wrong */
export async function ingest(values: ValuesOf<typeof INGEST>, context: CommandContext): Promise<void> {
  const { from, dataset } = values;
  const store = await storeOf("--to", values.to, values, context);
  const warnings = new Warnings(context.warn);
  const limitMs = 1000 * (values["unhealthy-after"] ?? UNHEALTHY_SECONDS);
  const options: IngestOptions = {
    from,
    to: store,
    dataset,
    partitions: partitionsOf(values.partitions, context),
    maxBytes: values["max-bytes"],
    maxSeconds: values["max-seconds"],
    ackSeconds: values["ack-seconds"],
    bundles: !values["no-bundles"],
    maxMemoryBytes: values["max-memory"],
    stream: {
      ...defined("maxBytes", values["stream-bytes"]),
      ...defined("maxSeconds", values["stream-seconds"]),
      ...defined("replicas", values.replicas),
    },
    connect: await connectOptionsOf(values["nats-ca"], process.env),
    onWarning: (message) => warnings.add(message),
    onCommit: (commit) => (values.json ? console.log(JSON.stringify(commit)) : context.print(describe(commit))),
  };
  const prepared = prepareIngest(options, limitMs);
  let running: RunningIngest | undefined;
  let status: Awaited<ReturnType<CommandContext["serveStatus"]>>;
  try {
    // Later it goes on through refusals, too: whoever has changed the credentials may change them back.
    await prepared.check();
    // Before the ingester, because the port may be in use.
    status = await context.serveStatus(() => ingestStatus((running ??= prepared.start()).stats(), dataset));
  } catch (error) {
    await prepared.close();
    throw error;
  }
  running ??= prepared.start();
  const ended = new Promise<void>((resolve) => {
    // A second signal ends the process immediately.
    for (const signal of SHUTDOWN_SIGNALS) process.once(signal, () => resolve());
  });
  // Printed after adding the listeners, because the reader of this line may send a signal.
  if (!values.json) context.print(`Ingesting the dataset ${dataset} to ${store.url}`);
  await ended;
  const waiting = setTimeout(() => {
    context.warn("waits until the rest is committed; a second signal ends the program, and NATS keeps the rest");
  }, WAITING_MS);
  await running.finish();
  clearTimeout(waiting);
  await status?.stop();
}

function describe({ parts }: Commit): string {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const of = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `committed ${of(parts.length, "part")}, ${of(rows, "row")}, ${describeBytes(bytes)}`;
}

/**
 * Prints warnings, but few at a time, and repeats the same one rarely, because all partitions fail when NATS is
 * unreachable.
 */
class Warnings {
  readonly #print: (line: string) => void;
  #printedAt = -Infinity;
  #text = "";
  #hidden = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  add(message: string): void {
    const now = performance.now();
    const text = message.replace(/^partition \d+: /, "").replaceAll(/\b(?:s3|file):\/\/\S+/g, "");
    if (now - this.#printedAt < (text === this.#text ? REPEATED_WARNING_MS : WARNING_MS)) {
      this.#hidden++;
      return;
    }
    const others = this.#hidden === 0 ? "" : ` (and ${this.#hidden} other warnings)`;
    this.#print(`${message}${others}`);
    [this.#printedAt, this.#text, this.#hidden] = [now, text, 0];
  }
}

/** Parses lists such as `0-31,40`. */
function partitionsOf(text: string | undefined, { usageError }: CommandContext): number[] | undefined {
  return text?.split(",").flatMap((range) => {
    const [, first, last = first] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(range) ?? [];
    if (first === undefined)
      throw usageError(`\`--partitions\` must be a list such as 0-31,40, got ${JSON.stringify(text)}`);
    return Array.from({ length: Math.max(0, Number(last) - Number(first) + 1) }, (_, index) => Number(first) + index);
  });
}

/** An object with a property, unless that is undefined. */
function defined<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: Value });
}
