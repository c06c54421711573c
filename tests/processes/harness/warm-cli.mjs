// Runs commands of `rerun-ts` for a parent process, one after the other: the modules that they share are loaded once.
// `main.js` runs anew for each command. Its output goes to the parent as it is written, and its exit code at the end.
import { pathToFileURL } from "node:url";

const main = pathToFileURL(process.argv[2]).href;
const folder = process.cwd();
let count = 0;

for (const name of ["stdout", "stderr"]) {
  process[name].write = (data, encoding, done = encoding) => {
    process.send({ [name]: Buffer.from(data, typeof encoding === "string" ? encoding : undefined) });
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
}

process.on("message", (command) => void run(command));

async function run({ args, env, cwd = folder }) {
  process.argv = [process.execPath, process.argv[1], ...args];
  for (const name of Object.keys(process.env)) delete process.env[name];
  // `undefined` would be the text "undefined".
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
  process.chdir(cwd);
  process.exitCode = 0;
  count++;
  await import(`${main}?command=${count}`);
  // A command that was interrupted has listeners for the other signals left.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
  process.send({ code: process.exitCode });
}
