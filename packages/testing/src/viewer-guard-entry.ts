// A process between a program and its headless viewer. It ends the viewer when the program ends, even if the program is
// killed.
import { spawn } from "node:child_process";

const [executable = "", ...args] = process.argv.slice(2);
// A separate group, because the `rerun` of the Python package starts the viewer as another process.
const viewer = spawn(executable, args, { detached: true, stdio: ["ignore", "ignore", "inherit"] });

function endViewer(): void {
  if (viewer.pid === undefined) return;
  try {
    process.kill(-viewer.pid);
  } catch {
    // The viewer has ended already.
  }
}

viewer.once("error", ({ message }) => {
  console.error(message);
  process.exit(1);
});
viewer.once("exit", (code) => process.exit(code ?? 1));
// The end of the program closes the pipe.
process.stdin.once("end", endViewer).once("error", endViewer).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, endViewer);
