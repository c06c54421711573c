import { describeValue } from "../checks/describe-value.ts";
import { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { checkSinks } from "./check-sinks.ts";
import { SinkGroup } from "./sink-group.ts";
import type { RecordingSink, RecordingSinkContext, Sink, SinkTakeover } from "./sink.ts";

/** A sink that passes on other messages than it receives: none, the same, or several for each. */
export abstract class MappedSink extends SinkGroup {
  protected context: RecordingSinkContext | undefined;
  override readonly place: string | undefined;
  readonly #sinks: readonly RecordingSink[];

  constructor(kind: string, sink: Sink) {
    const given = sink as Partial<RecordingSink> | null | undefined;
    if (typeof given?.send !== "function" && given?.parts === undefined) {
      const message = `\`sink\` must be a sink, e.g. new MemorySink(), got ${describeValue(sink)}`;
      throw new RerunError("INVALID_ARGUMENT", message, { argument: "sink" });
    }
    const sinks = checkSinks([sink]);
    super(kind, `${kind}:${sinks.map(({ key }) => key).join()}`, sinks);
    this.#sinks = sinks;
    this.place = sinks.length === 1 ? sinks[0]?.place : undefined;
  }

  override open(context: RecordingSinkContext): void {
    this.context = context;
    this.openSlots(this.#sinks, context);
  }

  override send(message: EncodedMessage): void {
    for (const mapped of this.map(message)) super.send(mapped);
  }

  override sendBacklog(message: EncodedMessage): void {
    for (const mapped of this.map(message)) super.sendBacklog(mapped);
  }

  /** A sink with another mapping is a replacement, so only an equal mapping is taken over. */
  override takeOver(other: RecordingSink): SinkTakeover | undefined {
    return other instanceof MappedSink && this.isLike(other) ? super.takeOver(other) : undefined;
  }

  /** Whether another sink maps messages in the same way. */
  protected abstract isLike(other: MappedSink): boolean;

  /** The messages in place of one. Must not throw. The memory of the message is subject to the contract of `send`. */
  protected abstract map(message: EncodedMessage): readonly EncodedMessage[];

  /** Passes on a message that was delayed. */
  protected pass(message: EncodedMessage): void {
    super.send(message);
  }
}
