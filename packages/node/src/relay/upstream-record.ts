import type { EncodedMessage } from "@rerun-ts/core";
import { messageOf } from "@rerun-ts/core/checks";
import { messageEncoder } from "@rerun-ts/core/decode";
import { decodeMessage } from "@rerun-ts/core/rrd";
import { GRPC_STATUS } from "@rerun-ts/core/transport";
import { DecompressionBudget } from "./footer-limits.ts";
import { readLogMsg } from "./grpc/log-msg.ts";
import { RelayError } from "./relay-error.ts";
import { storeInfoOf } from "./store-info-of.ts";

/** Reads records as messages with manifests. Storage needs the manifests, and must not receive damaged records. */
export class UpstreamRecords {
  readonly #encode = messageEncoder();
  readonly #budget: DecompressionBudget;

  /** @param budget limits the bytes that all clients may let an edge decompress */
  constructor(budget: DecompressionBudget = new DecompressionBudget()) {
    this.#budget = budget;
  }

  /** Reads an encoded `LogMsg`, and copies it. @throws {RelayError} if the record is damaged */
  read(logMsg: Uint8Array): EncodedMessage {
    try {
      const outline = readLogMsg(logMsg, 0, logMsg.byteLength);
      if (outline === undefined || outline.kind === "table")
        throw new RelayError(GRPC_STATUS.invalidArgument, "missing `msg` in `log_msg` in `WriteMessagesRequest`");
      const { kind, payloadStart, payloadEnd, uncompressedBytes } = outline;
      const payload = logMsg.subarray(payloadStart, payloadEnd);
      if (kind === "chunk") this.#spend(payload.byteLength, uncompressedBytes);
      const decoded = decodeMessage(kind, payload);
      const [message] = this.#encode(decoded);
      // Replaced by a store info, because a chunk without rows has a number, too.
      if (message === undefined && decoded.kind !== "end") return storeInfoOf(decoded.storeId);
      return message as EncodedMessage;
    } catch (error) {
      if (error instanceof RelayError) throw error;
      throw notStored(GRPC_STATUS.internal, error);
    }
  }

  #spend(received: number, uncompressed: number): void {
    try {
      this.#budget.spend(received, uncompressed);
    } catch (error) {
      throw notStored(GRPC_STATUS.resourceExhausted, error);
    }
  }
}

function notStored(status: number, error: unknown): RelayError {
  return new RelayError(status, `a record cannot be stored: ${messageOf(error)}`);
}
