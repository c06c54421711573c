// Runs commands of `rerun-ts` for a parent process, one after the other: the modules that they share are loaded once.
// `main.js` runs anew for each command. Its output goes to the parent, with the exit code.
import { pathToFileURL } from "node:url";

const main = pathToFileURL(process.argv[2]).href;
const folder = process.cwd();
/** What the command that runs has printed. */
let printed = { stdout: [], stderr: [] };
let count = 0;

for (const name of ["stdout", "stderr"]) {
  process[name].write = (data, encoding, done = encoding) => {
    printed[name].push(Buffer.from(data, typeof encoding === "string" ? encoding : undefined));
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
}

process.on("message", async ({ args, env, cwd = folder }) => {
  printed = { stdout: [], stderr: [] };
  process.argv = [process.execPath, process.argv[1], ...args];
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  await import(`${main}?command=${++count}`);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  process.send({ code, stdout: Buffer.concat(printed.stdout), stderr: Buffer.concat(printed.stderr).toString() });
});
