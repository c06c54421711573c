import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { removeSockets } from "@rerun-ts/node/spool";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { expect, it } from "vitest";

const nameOf = (digit: string, end: string): string => `.${digit.repeat(32)}.${end}`;

it("the sockets and drafts of sockets of killed programs are removed, and nothing else", async () => {
  const folder = makeTemporaryFolder();
  const left = [nameOf("a", "sock"), nameOf("b", "bind")];
  const program = `
    const listen = (path) => new Promise((done) => require("node:net").createServer().listen(path, done));
    Promise.all(process.argv.slice(1).map(listen)).then(() => process.kill(process.pid, "SIGKILL"));
  `;
  const paths = left.map((name) => join(folder.path, name));
  expect(() => execFileSync(process.execPath, ["-e", program, ...paths])).toThrow();
  const servers = [nameOf("c", "sock"), nameOf("d", "bind")].map((name) =>
    createServer().listen(join(folder.path, name)),
  );
  await Promise.all(servers.map((server) => once(server, "listening")));
  for (const name of [nameOf("e", "sock"), nameOf("f", "bind"), "notes.bind"])
    writeFileSync(join(folder.path, name), "precious");
  const before = readdirSync(folder.path);
  expect(before).toEqual(expect.arrayContaining(left));
  await removeSockets(folder.path);
  expect(readdirSync(folder.path)).toEqual(before.filter((name) => !left.includes(name)));
  for (const server of servers) server.close();
  await folder.remove();
});
