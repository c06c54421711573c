import { readFrames, type Received } from "../../../packages/core/test/contract/received-messages.ts";
import type { Fate } from "./tcp-proxy.ts";

const ACKNOWLEDGED = "grpc-status:0\r\n";

/**
 * Watches the bytes between a client and a server of gRPC-web, and knows from them alone which messages the server has
 * acknowledged: those of requests that it has answered with status 0. One connection carries one request after another.
 */
export class AnsweredPosts {
  readonly messages: Received[] = [];
  calls = 0;

  /** Follows one more connection, whose bytes pass as they are. */
  follow(): Fate {
    let sent: Buffer = Buffer.alloc(0);
    let answers = "";
    return {
      toServer: (piece) => {
        sent = Buffer.concat([sent, piece]);
        return piece;
      },
      toClient: (piece) => {
        answers += piece.toString("latin1");
        for (let at = answers.indexOf(ACKNOWLEDGED); at >= 0; at = answers.indexOf(ACKNOWLEDGED)) {
          answers = answers.slice(at + ACKNOWLEDGED.length);
          const headEnd = sent.indexOf("\r\n\r\n") + 4;
          const length = Number(/content-length: (\d+)/i.exec(sent.toString("latin1", 0, headEnd))?.[1]);
          this.messages.push(...readFrames(sent.subarray(headEnd, headEnd + length)));
          this.calls++;
          sent = sent.subarray(headEnd + length);
        }
        return piece;
      },
    };
  }
}
