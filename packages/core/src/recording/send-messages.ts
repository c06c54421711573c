import type { RerunError } from "../errors/rerun-error.ts";
import type { EncodedMessage } from "../rrd/encode/encoded-message.ts";
import { SinkSlot } from "../sink/sink-slot.ts";
import type { RecordingSink, RecordingSinkContext, SinkFlushOptions } from "../sink/sink.ts";
import { withDeadline } from "../async/with-deadline.ts";

/** Default time limit for a server. */
const TIMEOUT_MS = 10_000;

/**
 * Sends messages that belong to no recording, such as a blueprint alone. Opens a sink for them, and closes it once the
 * receiver has confirmed them. Rejects with the error of the sink, `TIMEOUT` or `ABORTED`, and closes the sink in this
 * case too.
 *
 * @param warn receives the warnings of the sink
 */
export function sendMessages(
  sink: RecordingSink,
  messages: readonly EncodedMessage[],
  options: Pick<SinkFlushOptions, "timeoutMs" | "signal">,
  warn: (message: string) => void,
): Promise<void> {
  const limits = { timeoutMs: options.timeoutMs ?? TIMEOUT_MS, signal: options.signal };
  return sendBatches(sink, [messages], limits, warn);
}

/**
 * The same for any number of messages: each batch is confirmed before the next is read. `timeoutMs` is for one batch.
 */
export async function sendBatches(
  sink: RecordingSink,
  batches: Iterable<readonly EncodedMessage[]> | AsyncIterable<readonly EncodedMessage[]>,
  limits: Pick<SinkFlushOptions, "timeoutMs" | "signal">,
  warn: (message: string) => void,
): Promise<void> {
  let failure: RerunError | undefined;
  let slot: SinkSlot | undefined;
  try {
    for await (const messages of batches) {
      if (slot === undefined) {
        slot = new SinkSlot(
          sink,
          contextFor(messages, warn, (error) => (failure ??= error)),
        );
        slot.open();
        slot.start();
      }
      for (const message of messages) slot.send(message);
      await withDeadline(slot.flush({ ...limits, ack: true }), { signal: limits.signal });
    }
  } catch (error) {
    await slot?.close({ timeoutMs: 0 }).catch(() => {});
    throw error;
  }
  await slot?.close(limits);
  if (failure !== undefined) throw failure;
}

function contextFor(
  [first]: readonly EncodedMessage[],
  warn: (message: string) => void,
  onError: (error: RerunError | undefined) => void,
): RecordingSinkContext {
  const { applicationId = "", recordingId = "" } = first?.storeId ?? {};
  return {
    applicationId,
    recordingId,
    flushRows: () => {},
    recycle: () => {},
    onState: (_, error) => onError(error),
    onDrop: () => {},
    onWarning: warn,
  };
}
