// Runs programs for a parent process, and returns what they print.
import { execFile } from "node:child_process";

process.on("message", ({ id, program, args, options }) => {
  execFile(program, args, options, (error, stdout, stderr) => {
    process.send({ id, message: error?.message, stdout, stderr });
  });
});
