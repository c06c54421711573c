// A frame that runs a program with a document. Its origin is its own, so the program cannot reach the page.
import * as replay from "@rerun-ts/replay";
import type { CompiledProgram } from "./compiled-program.ts";
import { runProgram } from "./run-program.ts";

addEventListener(
  "message",
  ({ data }: MessageEvent<CompiledProgram>) => {
    // No other page has this frame.
    void runProgram(data, (message) => parent.postMessage(message, "*"), { "@rerun-ts/replay": replay });
  },
  { once: true },
);
