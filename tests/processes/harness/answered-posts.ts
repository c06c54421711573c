import { readFrames, type Received } from "@rerun-ts/test-support/common/received-messages";
import type { Fate } from "@rerun-ts/test-support/node/tcp-proxy";

const ACKNOWLEDGED = "grpc-status:0\r\n";

/**
 * Watches the bytes between a client and a server of gRPC-web, and derives from them which messages the server has
 * acknowledged: the messages of requests with the response status 0. A connection carries one request after another.
 */
export class AnsweredPosts {
  readonly messages: Received[] = [];
  calls = 0;

  /** Watches a further connection, whose bytes pass unchanged. */
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
