// A page with a player, whose recording comes from the test.
import { RerunReplayElement } from "@rerun-ts/replay/element";

Object.assign(globalThis, { RerunReplayElement });
