import type { EncodedMessage } from "@rerun-ts/core";
import { grpcFrameHeader, varintLength, writeVarint } from "@rerun-ts/core/transport";
import { PREFIX_BYTES, findLogMsg } from "./grpc/write-request.ts";
import { retentionClass, type RetentionClass } from "./history.ts";
import { MessageArena } from "./message-arena.ts";
import { classOf } from "./message-info.ts";
import type { MessageInfo, MessageLocation } from "./relay-message.ts";

/** A message of a recording in this process. */
export interface OwnMessage extends Pick<EncodedMessage, "kind" | "payload" | "isStatic"> {
  /** Whether the store belongs to a blueprint. */
  readonly isBlueprint: boolean;
}

const LOG_MSG_TAG = 0x0a;

/** Copies messages into memory for their retention class, each framed once for all readers. */
export class MessageFrames {
  readonly #arenas: Readonly<Record<RetentionClass, MessageArena>> = {
    persistent: new MessageArena(),
    static: new MessageArena(),
    disposable: new MessageArena(),
  };

  /** The memory of messages that are neither static nor persistent. */
  get disposable(): MessageArena {
    return this.#arenas.disposable;
  }

  /** Copies the `LogMsg` between `start` and `end` into the arena of its class, and frames it. */
  copy(info: MessageInfo, bytes: Buffer, start: number, end: number): MessageLocation {
    const length = end - start;
    const bodyLength = 1 + varintLength(length) + length;
    const { memory, start: frameStart } = this.#arenas[classOf(info)].allocate(PREFIX_BYTES + bodyLength);
    memory[frameStart] = 0;
    memory.writeUInt32BE(bodyLength, frameStart + 1);
    memory[frameStart + PREFIX_BYTES] = LOG_MSG_TAG;
    const bodyStart = writeVarint(memory, frameStart + PREFIX_BYTES + 1, length);
    bytes.copy(memory, bodyStart, start, end);
    return { memory, start: frameStart, end: bodyStart + length, bodyStart };
  }

  /** Copies and frames a message of a recording in this process. */
  copyEncoded(message: OwnMessage): MessageLocation {
    const { payload } = message;
    const header = grpcFrameHeader(message);
    const arena = this.#arenas[retentionClass(message)];
    const { memory, start } = arena.allocate(header.length + payload.length);
    const end = start + header.length + payload.length;
    memory.set(header, start);
    memory.set(payload, start + header.length);
    const { start: bodyStart } = findLogMsg(memory, start + PREFIX_BYTES, end);
    return { memory, start, end, bodyStart };
  }

  /** Copies and frames a `WriteTableRequest`. */
  copyTable(request: Buffer): MessageLocation {
    const { memory, start } = this.#arenas.disposable.allocate(PREFIX_BYTES + request.length);
    memory[start] = 0;
    memory.writeUInt32BE(request.length, start + 1);
    memory.set(request, start + PREFIX_BYTES);
    const bodyStart = start + PREFIX_BYTES;
    return { memory, start, end: bodyStart + request.length, bodyStart };
  }
}
