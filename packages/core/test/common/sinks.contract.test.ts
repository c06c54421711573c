import {
  BinaryStreamSink,
  CallbackSink,
  MemorySink,
  StreamSink,
  customSink,
  filtered,
  tee,
  type EncodedMessage,
} from "@rerun-ts/core";
import { encodeRrd } from "@rerun-ts/core/encode";
import { BufferingSink } from "@rerun-ts/core/transport";
import { concat } from "@rerun-ts/test-support/common/recordings";
import { describeSinkContract } from "@rerun-ts/test-support/common/sink-contract";

describeSinkContract(
  "BufferingSink",
  () => {
    const sink = new BufferingSink(2 ** 20);
    return { sink, read: () => [encodeRrd(sink.readMessages())] };
  },
  { workingState: "buffering", holdsBack: true },
);

describeSinkContract(
  "MemorySink",
  () => {
    const sink = new MemorySink();
    return { sink, read: () => [sink.toBytes()] };
  },
  { hasFooter: true },
);

describeSinkContract("BinaryStreamSink", () => {
  const sink = new BinaryStreamSink();
  const pieces: Uint8Array[] = [];
  return {
    sink,
    read: async () => {
      const piece = await sink.read();
      if (piece !== undefined) pieces.push(piece);
      return pieces;
    },
  };
});

describeSinkContract("CallbackSink", () => {
  const pieces: Uint8Array[] = [];
  return { sink: new CallbackSink((rrd) => pieces.push(rrd)), read: () => pieces };
});

describeSinkContract(
  "StreamSink on a WHATWG stream",
  () => {
    const pieces: Uint8Array[] = [];
    const stream = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece.slice()) });
    return { sink: new StreamSink(stream), read: () => [concat(pieces)] };
  },
  { hasFooter: true, isAsynchronous: true },
);

describeSinkContract(
  "StreamSink on a slow WHATWG stream",
  () => {
    const pieces: Uint8Array[] = [];
    const write = async (piece: Uint8Array): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      pieces.push(piece.slice());
    };
    return { sink: new StreamSink(new WritableStream<Uint8Array>({ write })), read: () => [concat(pieces)] };
  },
  { hasFooter: true, isAsynchronous: true },
);

describeSinkContract(
  "tee of a MemorySink and a CallbackSink",
  () => {
    const memory = new MemorySink();
    return { sink: tee([memory, new CallbackSink(() => {})]), read: () => [memory.toBytes()] };
  },
  { destinations: 2 },
);

describeSinkContract(
  "a filter in front of a MemorySink",
  () => {
    const memory = new MemorySink();
    return { sink: filtered(memory, { contents: "/**" }), read: () => [memory.toBytes()] };
  },
  { hasFooter: true },
);

for (const [name, sent] of [
  ["a custom sink", undefined],
  ["a custom sink whose `send` returns promises", Promise.resolve()],
] as const) {
  describeSinkContract(
    name,
    () => {
      const messages: EncodedMessage[] = [];
      const send = (message: EncodedMessage): void | Promise<void> => {
        messages.push(message);
        return sent;
      };
      return { sink: customSink({ send }), read: () => [encodeRrd(messages)] };
    },
    { isAsynchronous: sent !== undefined },
  );
}
