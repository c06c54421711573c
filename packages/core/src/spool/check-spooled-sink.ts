import { invalidArgument, wrongCount } from "../checks/invalid-value-error.ts";
import type { RecordingSink, Sink } from "../sink/sink.ts";

/** Checks that a sink can be spooled: it sends to a server, which acknowledges. @throws {TypeError} or {RangeError} */
export function checkSpooledSink(sink: Sink): asserts sink is RecordingSink {
  const expected = "a sink that sends to a server, such as GrpcSink or WebSocketSink";
  if (typeof (sink as RecordingSink | null | undefined)?.send !== "function")
    throw invalidArgument("sink", expected, sink);
  if ((sink as RecordingSink).sendBacklog === undefined || sink.kind === "spool")
    throw wrongCount(expected, `a ${sink.kind} sink`).toError("sink");
}
