import type { EncodedMessage } from "@rerun-ts/core";
import { activationMessage, chunkMessage, storeInfoMessage } from "@rerun-ts/test-support/common/encoded-messages";
import { describe, expect, it } from "vitest";
import { InitialMessages } from "../../../dist/recording/initial-messages.js";

const fixed = (entityPath: string): EncodedMessage => chunkMessage({ isStatic: true, entityPath });

/** The names of messages, in order. */
function namesIn(messages: readonly EncodedMessage[], names: Readonly<Record<string, EncodedMessage>>): string[] {
  return messages.map((message) => Object.keys(names).find((name) => names[name] === message) ?? message.kind);
}

function start() {
  const info = storeInfoMessage();
  let created = 0;
  const initial = new InitialMessages(() => {
    created++;
    return info;
  }, 1000);
  return { initial, info, created: () => created };
}

describe("a new sink is sent first", () => {
  it("the message that opens the recording, which is made once", () => {
    const { initial, info, created } = start();
    expect(created()).toBe(0);
    expect(initial.inOrder([], [], false)).toEqual([info]);
    expect(initial.inOrder([info], [], false)).toEqual([info]);
    expect(created()).toBe(1);
  });

  it("the retained state, and then what no sink has sent", () => {
    const { initial, info } = start();
    const [a, b, data] = [fixed("/a"), fixed("/b"), chunkMessage()];
    expect([initial.retain(info), initial.retain(a), initial.retain(b), initial.retain(data)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(namesIn(initial.inOrder([data], [], false), { info, a, b, data })).toEqual(["info", "a", "b", "data"]);
  });

  it("each message once: retained state that no sink has sent stays in its place", () => {
    const { initial, info } = start();
    const [a, b, data] = [fixed("/a"), fixed("/b"), chunkMessage()];
    for (const message of [a, b]) initial.retain(message);
    const inOrder = initial.inOrder([info, data, b], [], false);
    expect(namesIn(inOrder, { info, a, b, data })).toEqual(["info", "a", "data", "b"]);
  });

  it("no retained state if it only keeps data for the next ones", () => {
    const { initial, info } = start();
    initial.retain(fixed("/a"));
    const data = chunkMessage();
    expect(namesIn(initial.inOrder([data], [], true), { info, data })).toEqual(["info", "data"]);
  });

  it("the default blueprint before all, which later sinks are sent too, unless the program has sent one", () => {
    for (const hasBlueprint of [false, true]) {
      const { initial, info } = start();
      const layout = storeInfoMessage(1, "layout");
      const active = activationMessage("layout");
      initial.hasBlueprint = hasBlueprint;
      const names = { info, layout, active };
      expect(namesIn(initial.inOrder([], [layout, active], false), names)).toEqual(["layout", "active", "info"]);
      expect(namesIn(initial.inOrder([], [], false), names)).toEqual(
        hasBlueprint ? ["info"] : ["info", "layout", "active"],
      );
    }
  });
});
