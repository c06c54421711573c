import { mkdirSync, readdirSync, statSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RerunError } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { FlightRecorder } from "@rerun-ts/node";
import { describeBytes } from "@rerun-ts/node/files";
import { RelayFeed, type MakeDump, type RelayServer } from "@rerun-ts/node/relay";
import { UsageError } from "./command/usage-error.ts";

/** The shortest time between two dumps that clients ask for. */
const REQUEST_MS = 10_000;
/** The defaults of the limits of a folder. */
const MAX_FILES = 20;
const MAX_BYTES = 1e9;
const SIGNALS = ["SIGUSR2", "SIGQUIT"] as const;
const DUMP = /^dump-.*\.rrd$/;

/** The flags of `rerun-ts serve` about dumps. */
export interface DumpFlags {
  readonly "flight-recorder": string | undefined;
  readonly "dump-on": string | undefined;
  readonly "dump-to": string | undefined;
  readonly "dump-memory": number | undefined;
  readonly "dump-max-files": number | undefined;
  readonly "dump-max-bytes": number | undefined;
}

/** The flight recorder of a relay. */
export interface ServedDumps {
  /** Lets it record what a relay receives, and answer `POST /dump`. */
  attach(server: RelayServer): void;
  /** Ends it. Settles when all files are written. */
  close(): Promise<void>;
}

/**
 * Makes the flight recorder of `rerun-ts serve`. `undefined` without `--flight-recorder`.
 *
 * @throws {UsageError} if a flag is wrong
 * @throws {RerunError} `IO_ERROR` if the folder cannot be made
 */
export function dumpsOf(flags: DumpFlags, warn: (message: string) => void): ServedDumps | undefined {
  if (flags["flight-recorder"] === undefined) return undefined;
  const seconds = secondsOf(flags["flight-recorder"]);
  const signal = SIGNALS.find((name) => name === flags["dump-on"]);
  if (flags["dump-on"] !== undefined && signal === undefined)
    throw new UsageError(`\`--dump-on\` must be one of ${SIGNALS.join(", ")}, got ${flags["dump-on"]}`);
  const folder = flags["dump-to"] === undefined ? undefined : new DumpFolder(flags["dump-to"], limitsOf(flags));
  const recorder = new FlightRecorder({ seconds, after: 0, maxBytes: flags["dump-memory"] ?? 100e6 });
  return new RelayDumps(recorder, folder, signal, warn);
}

class RelayDumps implements ServedDumps {
  readonly #recorder: FlightRecorder;
  readonly #folder: DumpFolder | undefined;
  readonly #signal: (typeof SIGNALS)[number] | undefined;
  readonly #warn: (message: string) => void;
  readonly #onSignal: () => void;
  #requestedAt = -Infinity;
  /** Settles when the files so far are written. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(
    recorder: FlightRecorder,
    folder: DumpFolder | undefined,
    signal: (typeof SIGNALS)[number] | undefined,
    warn: (message: string) => void,
  ) {
    this.#recorder = recorder;
    this.#folder = folder;
    this.#signal = signal;
    this.#warn = warn;
    this.#onSignal = () => {
      try {
        void this.#write(signal ?? "signal", recorder.toBytes(signal));
      } catch (error) {
        // The window may need more memory than there is.
        warn(`a dump failed: ${messageOf(error)}`);
      }
    };
  }

  attach(server: RelayServer): void {
    const feed = new RelayFeed(this.#recorder, this.#warn);
    server.relay.observe((message) => feed.add(message));
    server.onDump = this.#onDump;
    if (this.#signal !== undefined) process.on(this.#signal, this.#onSignal);
  }

  async close(): Promise<void> {
    if (this.#signal !== undefined) process.off(this.#signal, this.#onSignal);
    await this.#written;
  }

  readonly #onDump: MakeDump = async (reason, allows) => {
    const now = performance.now();
    if (now - this.#requestedAt < REQUEST_MS) return undefined;
    this.#requestedAt = now;
    const whole = this.#recorder.toBytes(reason);
    const file = await this.#write(reason, whole);
    if (allows === undefined) return { rrd: whole, file };
    const isAllowed = (recordingId: string): boolean => allows({ kind: "recording", applicationId: "", recordingId });
    return { rrd: this.#recorder.toBytes(reason, isAllowed), file };
  };

  /** Writes a dump, if there is a folder. Returns the name of the file. Never rejects. */
  async #write(reason: string, rrd: Uint8Array): Promise<string | undefined> {
    const folder = this.#folder;
    if (folder === undefined) {
      this.#warn(`a dump (${reason}) was not written, because there is no \`--dump-to\``);
      return undefined;
    }
    const writing = this.#written.then(() => folder.write(reason, rrd));
    this.#written = writing.catch(() => undefined);
    try {
      const name = await writing;
      console.log(`Wrote ${join(folder.path, name)} (${describeBytes(rrd.byteLength)}): ${reason}`);
      return name;
    } catch (error) {
      this.#warn(`cannot write a dump to ${folder.path}: ${messageOf(error)}`);
      return undefined;
    }
  }
}

interface FolderLimits {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** A folder of dumps. The oldest dumps make room for new ones; other files stay. */
class DumpFolder {
  readonly path: string;
  readonly #limits: FolderLimits;

  constructor(path: string, limits: FolderLimits) {
    this.path = path;
    this.#limits = limits;
    try {
      mkdirSync(path, { recursive: true });
    } catch (error) {
      throw new RerunError("IO_ERROR", `cannot make the folder of --dump-to: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Writes a dump, and removes the oldest ones above the limits. Returns the name of the file. */
  async write(reason: string, rrd: Uint8Array): Promise<string> {
    const time = new Date().toISOString().replaceAll(":", "-");
    const word = reason.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(0, 40);
    const name = `dump-${time}-${word}.rrd`;
    const part = join(this.path, `.${name}.part`);
    try {
      await writeFile(part, rrd);
      await rename(part, join(this.path, name));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    await this.#makeRoom(name);
    return name;
  }

  async #makeRoom(newest: string): Promise<void> {
    // The names begin with the time.
    const names = readdirSync(this.path)
      .filter((name) => DUMP.test(name))
      .sort();
    const sizes = names.map((name) => statSync(join(this.path, name), { throwIfNoEntry: false })?.size ?? 0);
    let bytes = sizes.reduce((sum, size) => sum + size, 0);
    for (const [index, name] of names.entries()) {
      const isWithin = names.length - index <= this.#limits.maxFiles && bytes <= this.#limits.maxBytes;
      if (isWithin || name === newest) break;
      bytes -= sizes[index] ?? 0;
      await rm(join(this.path, name), { force: true });
    }
  }
}

function limitsOf(flags: DumpFlags): FolderLimits {
  return { maxFiles: flags["dump-max-files"] ?? MAX_FILES, maxBytes: flags["dump-max-bytes"] ?? MAX_BYTES };
}

/** @throws {UsageError} if the text is not a duration */
function secondsOf(text: string): number {
  const [, digits = "", unit = "s"] = /^(\d+(?:\.\d+)?)(s|min|h)?$/.exec(text) ?? [];
  const seconds = Number(digits) * { s: 1, min: 60, h: 3600 }[unit as "s" | "min" | "h"];
  if (digits === "" || !(seconds > 0))
    throw new UsageError(`\`--flight-recorder\` must be a duration such as 60s or 5min, got ${text}`);
  return seconds;
}
