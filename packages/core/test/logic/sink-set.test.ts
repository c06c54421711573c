import type { EncodedMessage, RerunError, SinkState } from "@rerun-ts/core";
import type { RecordingSink } from "@rerun-ts/core/transport";
import { chunkMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { CollectingSink } from "@rerun-ts/test-support/common/messages";
import { ObservedContext } from "@rerun-ts/test-support/common/observed-context";
import { SlowlyOpeningSink } from "@rerun-ts/test-support/common/test-sinks";
import { describe, expect, it } from "vitest";
import { SinkSet, type ReplaceOptions, type SinkReplacement } from "../../dist/recording/sink-set.js";

const OPENING_BYTES = 1000;

/** Writes what happens to it into a log that it shares with others. */
class LoggingSink extends CollectingSink {
  override readonly key: string;
  state: SinkState = "open";
  readonly #log: string[];

  constructor(key: string, log: string[] = []) {
    super();
    this.key = key;
    this.#log = log;
  }

  override open(): void {
    this.#log.push(`open ${this.key}`);
  }

  override send(message: EncodedMessage): void {
    super.send(message);
    this.#log.push(`send ${this.key}`);
  }

  override async close(): Promise<void> {
    this.#log.push(`close ${this.key}`);
  }

  closeSync(): void {
    this.#log.push(`closeSync ${this.key}`);
  }

  override stats(): ReturnType<CollectingSink["stats"]> {
    return { ...super.stats(), state: this.state };
  }
}

/** Cannot be opened. */
class UnusableSink extends CollectingSink {
  override readonly key = "unusable";
  override open(): never {
    throw new Error("it cannot be opened");
  }
}

function createSinkSet(): SinkSet {
  return new SinkSet({ contextOf: () => new ObservedContext() }, OPENING_BYTES, () => {});
}

function replace(
  set: SinkSet,
  sinks: readonly RecordingSink[],
  options: Partial<ReplaceOptions> = {},
): SinkReplacement {
  return set.replace(sinks, {
    flushRows() {},
    sendInOrder: (send) => send(),
    open: (backlog) => backlog,
    closeOptions: {},
    ...options,
  });
}

describe("SinkSet", () => {
  it("sends every message to all sinks", () => {
    const set = createSinkSet();
    const sinks = [new LoggingSink("a"), new LoggingSink("b")];
    replace(set, sinks);
    const message = chunkMessage();
    set.send(message);
    expect(sinks.map(({ messages }) => messages)).toEqual([[message], [message]]);
  });

  it("opens new sinks, sends pending rows to the old ones, and closes those that leave, in this order", async () => {
    const set = createSinkSet();
    const log: string[] = [];
    const stays = new LoggingSink("stays", log);
    replace(set, [new LoggingSink("leaves", log), stays]);
    log.length = 0;
    const { opened, closed, leaving } = replace(set, [stays, new LoggingSink("new", log)], {
      flushRows: () => set.send(chunkMessage()),
      open: () => [chunkMessage()],
    });
    expect(leaving.map(({ sink }) => sink.key)).toEqual(["leaves"]);
    await Promise.all([opened, closed]);
    expect(log).toEqual(["open new", "send leaves", "send stays", "send new", "close leaves"]);
    expect(set.sinks.map(({ key }) => key)).toEqual(["stays", "new"]);
  });

  it("keeps a sink whose destination is in use, and ignores the new one", () => {
    const set = createSinkSet();
    const [first, second] = [new LoggingSink("same"), new LoggingSink("same")];
    replace(set, [first]);
    replace(set, [second]);
    expect(set.sinks).toEqual([first]);
  });

  it("closes a broken sink before a new one opens the same destination", () => {
    const set = createSinkSet();
    const log: string[] = [];
    const broken = new LoggingSink("file", log);
    replace(set, [broken]);
    broken.state = "broken";
    replace(set, [new LoggingSink("file", log)]);
    expect(log.slice(0, 3)).toEqual(["open file", "closeSync file", "open file"]);
    expect(set.sinks).not.toContain(broken);
  });

  it("changes nothing if one of the sinks cannot be opened, and closes those that were", async () => {
    const set = createSinkSet();
    const log: string[] = [];
    const old = new LoggingSink("old", log);
    replace(set, [old]);
    const flushRows = (): void => void log.push("flush");
    expect(() => replace(set, [new LoggingSink("new", log), new UnusableSink()], { flushRows })).toThrow("cannot be");
    await Promise.resolve();
    expect(log).toEqual(["open old", "open new", "close new"]);
    expect(set.sinks).toEqual([old]);
  });

  it.for([
    ["one destination twice", [new LoggingSink("a"), new LoggingSink("a")], "DUPLICATE_SINK"],
    ["something that is not a sink", [{ send() {} }], "INVALID_ARGUMENT"],
    ["something that is not an array", new LoggingSink("a"), "INVALID_ARGUMENT"],
  ] as const)("rejects %s", ([, sinks, code]) => {
    const set = createSinkSet();
    expect(() => replace(set, sinks as unknown as readonly RecordingSink[])).toThrow(
      expect.objectContaining<Partial<RerunError>>({ code, argument: "sinks" }),
    );
    expect(set.sinks).toEqual([]);
  });

  it("hands the backlog of a single sink to its successors, whatever they keep while they open", async () => {
    const set = createSinkSet();
    const backlog = [chunkMessage({ bytes: OPENING_BYTES }), chunkMessage({ bytes: OPENING_BYTES })];
    replace(set, [Object.assign(new LoggingSink("buffering"), { takeBacklog: () => backlog })]);
    const slow = new SlowlyOpeningSink();
    const { opened } = replace(set, [slow]);
    expect(slow.messages).toEqual([]);
    slow.opening.resolve();
    await opened;
    expect(slow.messages).toEqual(backlog);
  });

  it("has the worst state of its sinks", () => {
    const set = createSinkSet();
    const sinks = ["a", "b", "c"].map((key) => new LoggingSink(key));
    replace(set, sinks);
    expect(set.state).toBe("open");
    for (const [index, state] of (["buffering", "connecting", "broken"] as const).entries()) {
      for (const sink of sinks.slice(index, index + 1)) sink.state = state;
      expect(set.state).toBe(state);
    }
  });
});
