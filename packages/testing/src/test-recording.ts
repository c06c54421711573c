import { mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import * as blueprint from "@rerun-ts/blueprint";
import type { AsComponents, BlueprintLike } from "@rerun-ts/core";
import { EncodedImage, Scalars, TextDocument, TextLog } from "@rerun-ts/types";
import { RecordingStream } from "@rerun-ts/node";

/** Facts about a test, for the document in its recording. */
export interface TestFacts {
  /** The titles of the test and of its parents. */
  readonly title: readonly string[];
  /** The file of the test, with the line of its beginning. */
  readonly location: string;
  readonly status: string;
  /** The start, in milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly errors: readonly string[];
}

const TIMELINE = "test_time";
const OUTCOME = "/test";
/** Longest time before and after a test at which something may have happened, in milliseconds. */
const MARGIN_MS = 60_000;

/** The recording of one run of a test. The timeline `test_time` begins when the test does. */
export class TestRecording {
  readonly #recording: RecordingStream;
  readonly #facts: TestFacts;
  readonly #path: string;
  readonly #texts = new Set<string>();
  readonly #images = new Set<string>();
  readonly #numbers = new Set<string>();
  readonly #errors = new Set<string>();

  /** @param path the path of its file */
  constructor(applicationId: string, path: string, facts: TestFacts) {
    this.#path = path;
    this.#facts = facts;
    this.#recording = new RecordingStream(applicationId, {
      recordingId: basename(path, ".rrd"),
      logTime: false,
      onWarning: () => {},
      onError: () => {},
    });
  }

  /** Logs lines of text. Codes of terminals for colours are removed. */
  text(path: string, timeMs: number, text: string, level?: "ERROR" | "WARN" | "INFO" | "DEBUG"): void {
    this.#texts.add(path);
    const plain = stripVTControlCharacters(text).trimEnd();
    if (plain !== "") this.#log(path, timeMs, new TextLog(plain, { level }));
  }

  /** Logs an error once, because test runners report the errors of steps again for the test. */
  error(timeMs: number, message: string, place = ""): void {
    if (this.#errors.has(message)) return;
    this.#errors.add(message);
    this.text("/errors", timeMs, `${message}${place}`, "ERROR");
  }

  /** Logs a PNG or JPEG. */
  image(path: string, timeMs: number, bytes: Uint8Array): void {
    this.#images.add(path);
    this.#log(path, timeMs, new EncodedImage({ contents: bytes }));
  }

  /** Logs a number. */
  number(path: string, timeMs: number, value: number): void {
    this.#numbers.add(path);
    this.#log(path, timeMs, new Scalars(value));
  }

  /** Writes the file. Rejects if that fails. */
  async save(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    this.#recording.log(OUTCOME, new TextDocument(describe(this.#facts), { mediaType: "text/markdown" }), {
      static: true,
    });
    this.#recording.sendRecordingName(this.#facts.title.join(" › "));
    await this.#recording.save(this.#path, { defaultBlueprint: this.#layout() });
    await this.#recording.close();
  }

  #log(path: string, timeMs: number, values: AsComponents): void {
    const { startMs, durationMs } = this.#facts;
    // Clamped, because a change of the system clock would make the timeline endless.
    const time = Math.min(Math.max(timeMs - startMs, -MARGIN_MS), durationMs + MARGIN_MS);
    this.#recording.setTime(TIMELINE, { duration: time / 1000 });
    this.#recording.log(path, values);
  }

  #layout(): BlueprintLike {
    const images = [...this.#images].map((path) => new blueprint.Spatial2DView({ origin: path, name: path.slice(1) }));
    const outcome = new blueprint.TextDocumentView({ origin: OUTCOME, name: "test" });
    const log = new blueprint.TextLogView({ contents: [...this.#texts], name: "log" });
    const timings = new blueprint.TimeSeriesView({ contents: [...this.#numbers], name: "timings" });
    const top = images.length === 0 ? [outcome] : [new blueprint.Tabs(images), outcome];
    const bottom = [...(this.#texts.size === 0 ? [] : [log]), ...(this.#numbers.size === 0 ? [] : [timings])];
    return new blueprint.Blueprint(
      new blueprint.Vertical([
        new blueprint.Horizontal(top, { columnShares: top.map((_, index) => 3 - index) }),
        new blueprint.Horizontal(bottom, { columnShares: bottom.map((_, index) => 3 - 2 * index) }),
      ]),
      new blueprint.TimePanel({ timeline: TIMELINE, state: "Collapsed" }),
      { collapsePanels: true },
    );
  }
}

function describe({ title, location, status, durationMs, errors }: TestFacts): string {
  const lines = [`# ${title.join(" › ")}`, `\`${location}\``, `**${status}** after ${Math.round(durationMs)} ms`];
  for (const error of errors) lines.push(["```", stripVTControlCharacters(error), "```"].join("\n"));
  return lines.join("\n\n");
}

/** A file name for a test, without characters that file systems reject. */
export function fileNameOf(parts: readonly (string | number)[]): string {
  const name = parts.join("-").replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
  return `${name.replaceAll(/^-+|-+$/g, "").slice(0, 150)}.rrd`;
}
