import type { RecordingSink } from "@rerun-ts/core/transport";
import { CollectingSink } from "@rerun-ts/test-support/common/messages";
import { describe, expect, it } from "vitest";
import { checkSpooledSink } from "../../../dist/spool/check-spooled-sink.js";

/** Sends to a server. */
class ServerLike extends CollectingSink {
  sendBacklog(): void {}
}

describe("a sink that is spooled", () => {
  it("must be a sink", () => {
    for (const wrong of [undefined, null, 5, {}])
      expect(() => checkSpooledSink(wrong as unknown as RecordingSink)).toThrow(
        /`sink` must be a sink that sends to a server/,
      );
  });

  it("must send to a server, and must be no spool itself", () => {
    expect(() => checkSpooledSink(new CollectingSink())).toThrow("got a collecting sink");
    expect(() => checkSpooledSink(Object.assign(new ServerLike(), { kind: "spool" }))).toThrow("got a spool sink");
    expect(() => checkSpooledSink(new ServerLike())).not.toThrow();
  });
});
