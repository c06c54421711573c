// A worker that runs a program, which the page can end at any time.
import type { CompiledProgram } from "./compiled-program.ts";
import { runProgram } from "./run-program.ts";

addEventListener("message", ({ data }: MessageEvent<CompiledProgram>) => {
  void runProgram(data, (message) => postMessage(message));
});
