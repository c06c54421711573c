// Lets the disk of a program fail while there is a file `$RERUN_TS_FAULTY_DISK`, with the code of an error in it:
// ENOSPC for a full disk, EACCES for missing permissions, EIO for a broken one. This takes no rights.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, sep } from "node:path";
import { fileURLToPath } from "node:url";

const FILE = process.env["RERUN_TS_FAULTY_DISK"];
/** The disk. */
const FOLDER = dirname(FILE) + sep;
const { fstatSync, readFileSync } = fs;

/** The functions that fail with each code: those with paths, and those with descriptors. */
const FAILING = {
  ENOSPC: {
    paths: ["mkdir", "mkdtemp", "writeFile", "copyFile", "link"],
    files: ["write", "writev", "writeFile", "appendFile"],
  },
  EACCES: {
    paths: ["open", "mkdir", "mkdtemp", "writeFile", "readFile", "readdir", "rename", "link", "unlink", "rm", "rmdir"],
    files: [],
  },
  EIO: { paths: [], files: ["write", "writev", "writeFile", "appendFile", "sync", "datasync", "fsync", "fdatasync"] },
};

function present() {
  try {
    return readFileSync(FILE, "utf8");
  } catch {
    return undefined;
  }
}

function fault(kind, name) {
  const code = present();
  if (!FAILING[code]?.[kind].includes(name)) return undefined;
  return Object.assign(new Error(`${code}: the disk of the test, ${name}`), { code, syscall: name });
}

function isOnDisk(path) {
  return String(path instanceof URL ? fileURLToPath(path) : path).startsWith(FOLDER);
}

function faultOf(name, first) {
  if (typeof first !== "number") return isOnDisk(first) ? fault("paths", name) : undefined;
  // Pipes, such as that of the reports, are on no disk.
  return fstatSync(first).isFile() ? fault("files", name) : undefined;
}

const NAMES = new Set(Object.values(FAILING).flatMap(({ paths, files }) => [...paths, ...files]));
for (const name of NAMES) {
  const [sync, later, promised] = [fs[`${name}Sync`], fs[name], fs.promises[name]];
  if (sync !== undefined)
    fs[`${name}Sync`] = (first, ...more) => {
      const error = faultOf(name, first);
      if (error !== undefined) throw error;
      return sync(first, ...more);
    };
  if (later !== undefined)
    fs[name] = (first, ...more) => {
      const error = faultOf(name, first);
      if (error === undefined) later(first, ...more);
      else setImmediate(() => more.at(-1)(error));
    };
  if (promised !== undefined)
    fs.promises[name] = async (first, ...more) => {
      const error = faultOf(name, first);
      if (error !== undefined) throw error;
      return promised(first, ...more);
    };
}
const handle = await fs.promises.open(fileURLToPath(import.meta.url));
const files = Object.getPrototypeOf(handle);
await handle.close();
for (const name of NAMES) {
  const original = files[name];
  if (original === undefined) continue;
  files[name] = async function (...args) {
    const error = faultOf(name, this.fd);
    if (error !== undefined) throw error;
    return original.apply(this, args);
  };
}
syncBuiltinESMExports();
