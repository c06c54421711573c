import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A browser with one window, driven from outside. */
export interface TestBrowser {
  readonly name: string;
  readonly version: string;
  /** Loads a page in the window. */
  open(this: void, url: string): Promise<void>;
  /**
   * Calls the function of the page that the expression `call` names, and returns its resolved value, passed as JSON.
   */
  call(this: void, expression: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Clicks at a position of the window, in CSS pixels. */
  clickAt(this: void, x: number, y: number): Promise<void>;
  /** Closes the window as a user would. The browser remains. */
  closeWindow(this: void): Promise<void>;
  /** Ends the browser. */
  close(this: void): Promise<void>;
}

/** Options with which a browser is started. */
export interface BrowserOptions {
  /** A folder for its profile, which must exist. */
  readonly profile: string;
  /** The folder where downloads appear. Default: the browser's own folder. */
  readonly downloads?: string;
}

/** Actions of WebDriver that click at a position. */
export function clickActions(x: number, y: number): readonly object[] {
  const move = { type: "pointerMove", x: Math.round(x), y: Math.round(y) };
  const actions = [move, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
  return [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }];
}

/**
 * Kills a process that was started as the leader of a process group, together with the processes that it has started.
 */
export async function endGroup(leader: ChildProcess): Promise<void> {
  const { pid, exitCode, signalCode } = leader;
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  const ended = once(leader, "exit");
  process.kill(-pid, "SIGKILL");
  await ended;
}
