import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import * as esbuild from "esbuild";
import { expect, it, onTestFinished } from "vitest";

it("a program can be bundled without the packages that only some of its calls need", async () => {
  const { path, remove } = makeTemporaryFolder();
  onTestFinished(remove);
  const modules = join(path, "node_modules");
  await mkdir(join(modules, "@rerun-ts"), { recursive: true });
  const own = ["blueprint", "core", "types"].map((name) => join("@rerun-ts", name));
  for (const name of [...own, "@bufbuild", "@connectrpc", "open", "sirv", "ws"])
    await symlink(join(root, "node_modules", name), join(modules, name));
  await cp(join(root, "packages/node/dist"), join(modules, "@rerun-ts/node/dist"), { recursive: true });
  await cp(join(root, "packages/node/package.json"), join(modules, "@rerun-ts/node/package.json"));
  const { errors } = await esbuild
    .build({
      stdin: { contents: 'import * as rr from "@rerun-ts/node"; console.log(rr.save);', resolveDir: path },
      bundle: true,
      format: "cjs",
      platform: "node",
      write: false,
      logLevel: "silent",
    })
    .catch((error: esbuild.BuildFailure) => error);
  expect(errors.map(({ text }) => text)).toEqual([]);
});
