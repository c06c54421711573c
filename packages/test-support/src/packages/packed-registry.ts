import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import { runNpm } from "../node/run-bin.ts";
import type { PackedPackage } from "./pack.ts";

/** The size of a header in a tarball, and the unit of the sizes of its files. */
const BLOCK_BYTES = 512;
/** The path of a file in a header, its length, and the start of the octal size of the file. */
const [PATH_BYTES, SIZE_START, SIZE_BYTES] = [100, 124, 12];

/** The time at which all versions were published. Package managers reject versions of the last days. */
const PUBLISHED = "2020-01-01T00:00:00.000Z";

/** The answer of a registry about a package. */
interface PackageDocument {
  readonly name: string;
  readonly "dist-tags": Record<string, string>;
  /** The contents of package.json, with the tarball, by version. */
  readonly versions: Record<string, object>;
  readonly time: Record<string, string>;
}

/** A registry for package managers, on loopback. */
export interface PackedRegistry {
  /** Its address, with a slash at its end. */
  readonly url: string;
  close(this: void): Promise<void>;
}

/**
 * Serves packed packages. Requests for other packages are redirected to the registry of npm's configuration.
 */
export async function servePacked(packages: readonly PackedPackage[]): Promise<PackedRegistry> {
  const { output } = await runNpm(["config", "get", "registry"], { capture: true });
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  server.on("request", await answer(packages, url, output.trim()));
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url, close };
}

async function answer(packages: readonly PackedPackage[], url: string, upstream: string): Promise<RequestListener> {
  const tarballs = new Map<string, Uint8Array>();
  const documents = new Map<string, PackageDocument>();
  for (const { name, tarball } of packages) {
    const bytes = await readFile(tarball);
    const path = `/tarballs/${basename(tarball)}`;
    tarballs.set(path, bytes);
    const manifest = JSON.parse(readPacked(gunzipSync(bytes), "package.json")) as { readonly version: string };
    const document = documents.get(`/${name}`) ?? { name, versions: {}, time: {}, "dist-tags": {} };
    documents.set(`/${name}`, document);
    const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
    document.versions[manifest.version] = { ...manifest, dist: { tarball: new URL(path, url).href, integrity } };
    document.time[manifest.version] = PUBLISHED;
    document["dist-tags"]["latest"] ??= manifest.version;
  }
  return ({ url: path = "" }, response) => {
    // Names have `%2f` for the slash after their scope.
    const document = documents.get(decodeURIComponent(path));
    const found = document === undefined ? tarballs.get(path) : JSON.stringify(document);
    if (found === undefined) response.writeHead(302, { location: new URL(path, upstream).href });
    response.end(found);
  };
}

/** Reads a file of an unpacked tarball. npm packs the files of a package into the folder `package`. */
function readPacked(bytes: Buffer, path: string): string {
  const textAt = (start: number, length: number): string =>
    bytes.toString("utf8", start, start + length).replace(/\0.*$/s, "");
  for (let start = 0; start < bytes.length;) {
    const size = Number.parseInt(textAt(start + SIZE_START, SIZE_BYTES), 8);
    const content = start + BLOCK_BYTES;
    if (textAt(start, PATH_BYTES) === `package/${path}`) return textAt(content, size);
    start = content + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new Error(`a tarball has no file ${path}`);
}
