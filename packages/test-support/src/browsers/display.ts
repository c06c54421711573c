import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { endGroup } from "./test-browser.ts";

/** The file descriptor to which Xvfb writes the number of its display. */
const NUMBER_FD = 3;

/** A screen in memory. */
export interface Display {
  /** The value of the environment variable `DISPLAY`. */
  readonly name: string;
  close(this: void): Promise<void>;
}

/** Starts Xvfb on a display that is free. */
export async function startDisplay(): Promise<Display> {
  const args = ["-displayfd", String(NUMBER_FD), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
  const server = spawn("Xvfb", args, { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
  const failed = new Promise<never>((_, reject) => server.once("error", reject));
  const number = await Promise.race([readLine(server.stdio[NUMBER_FD] as Readable), failed]);
  if (number === "") throw new Error("Xvfb did not start");
  return { name: `:${number}`, close: () => endGroup(server) };
}

/** The text up to the first line break, or all of it. */
async function readLine(stream: Readable): Promise<string> {
  let text = "";
  for await (const piece of stream) {
    text += piece;
    if (text.includes("\n")) break;
  }
  return text.trim();
}
