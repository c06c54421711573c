// Runs commands of `rerun-ts` for a parent process, one after the other: the modules that they share are loaded once.
// `main.js` runs anew for each command. Its output goes to the parent, with the exit code.
import { pathToFileURL } from "node:url";

const main = pathToFileURL(process.argv[2]).href;
const folder = process.cwd();
/** The output of the running command. */
const printed = { stdout: [], stderr: [] };
let count = 0;

for (const [name, pieces] of Object.entries(printed)) {
  process[name].write = (data, encoding, done = encoding) => {
    pieces.push(Buffer.from(data, typeof encoding === "string" ? encoding : undefined));
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
  const [stdout, stderr] = Object.values(printed).map((pieces) => Buffer.concat(pieces.splice(0)));
  process.send({ code: process.exitCode, stdout, stderr: stderr.toString() });
}
