import { expect, it } from "vitest";
import { clearRealTimeout, now, realTimeout } from "@rerun-ts/core/util";

it("the timers work as members of a module, as development servers call imported functions", () => {
  const module = { clearRealTimeout, now, realTimeout };
  const timer = module.realTimeout(() => expect.unreachable(), 60_000);
  module.clearRealTimeout(timer);
  expect(module.now()).toBeGreaterThan(0);
});
