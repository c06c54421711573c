import { startTimer } from "../async/start-timer.ts";

/** The longest wait between two looks at a viewer. */
const LOOK_MS = 100;

/** Waits until the next look at a viewer, or attempt to reach it. */
export function pause(milliseconds: number = LOOK_MS): Promise<void> {
  return new Promise((resolve) => startTimer(resolve, milliseconds));
}
