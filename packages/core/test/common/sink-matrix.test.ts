import {
  BinaryStreamSink,
  CallbackSink,
  GrpcWebSink,
  RecordingStream,
  StreamSink,
  WebSocketSink,
} from "@rerun-ts/core";
import { FetchServer } from "@rerun-ts/test-support/common/fetch-server";
import { receivedRrd } from "@rerun-ts/test-support/common/received-messages";
import { concat } from "@rerun-ts/test-support/common/recordings";
import { SITUATIONS, WRAPPINGS, describeSinkMatrix, inMemory } from "@rerun-ts/test-support/common/sink-matrix";
import { WebSocketRelay } from "@rerun-ts/test-support/common/websocket-relay";

let count = 0;

describeSinkMatrix({
  createRecording: (options) => new RecordingStream("matrix", options),
  sinks: {
    MemorySink: inMemory,
    BinaryStreamSink() {
      const sink = new BinaryStreamSink();
      return {
        sink,
        async arrived() {
          const piece = await sink.read();
          return piece === undefined ? [] : [piece];
        },
      };
    },
    CallbackSink() {
      const pieces: Uint8Array[] = [];
      return { sink: new CallbackSink((rrd) => pieces.push(rrd)), arrived: () => pieces };
    },
    StreamSink() {
      const pieces: Uint8Array[] = [];
      const write = async (piece: Uint8Array): Promise<void> => {
        await Promise.resolve();
        pieces.push(piece.slice());
      };
      return { sink: new StreamSink(new WritableStream<Uint8Array>({ write })), arrived: () => [concat(pieces)] };
    },
    GrpcWebSink({ isAbsent }) {
      const server = new FetchServer();
      server.behaviour = { isAbsent };
      return {
        sink: new GrpcWebSink(`rerun+http://host-${count++}/proxy`, { fetch: server.fetch }),
        arrived: () => [server.toRrd()],
        appear: () => void (server.behaviour = {}),
      };
    },
    WebSocketSink({ isAbsent }) {
      const relay = new WebSocketRelay();
      relay.behaviour = { isAbsent };
      return {
        sink: new WebSocketSink(`ws://host-${count++}/ws`, { WebSocket: relay.WebSocket }),
        arrived: () => [receivedRrd(relay.received)],
        appear: () => void (relay.behaviour = {}),
      };
    },
  },
  wrappings: WRAPPINGS,
  situations: SITUATIONS,
  excludes: (sink, _, situation) =>
    situation.includes("server is away") && sink !== "GrpcWebSink" && sink !== "WebSocketSink"
      ? "the sink has no server"
      : undefined,
});
