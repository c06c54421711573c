// The entry point `@rerun-ts/core/util`: collections, waiting, and bytes, without knowledge of Rerun.
// All packages of this repository but the integrations may import it. It is not part of the public API.
export { checkAborted } from "./async/check-aborted.ts";
export { finishesWithin } from "./async/finishes-within.ts";
export { eventLoopTurn } from "./async/event-loop-turn.ts";
export { forEachInParallel } from "./async/for-each-in-parallel.ts";
export { isPromise } from "./async/is-promise.ts";
export { clearRealTimeout, now, realTimeout } from "./async/real-clock.ts";
export { sleep } from "./async/sleep.ts";
export { startTimer } from "./async/start-timer.ts";
export { concatBytes } from "./bytes/concat-bytes.ts";
export { randomId } from "./bytes/random-id.ts";
export { pushAll } from "./collections/push-all.ts";
export { compareStrings } from "./collections/compare-strings.ts";
export { counted } from "./collections/counted.ts";
export { Fifo } from "./collections/fifo.ts";
export { getOrAdd } from "./collections/get-or-add.ts";
export { upperBound } from "./collections/upper-bound.ts";
