import { describe, expect, it } from "vitest";
import { entryPoints, exportedNames } from "./exported-names.ts";

const HOW_TO_UPDATE = `The public names of a package changed. If that is intended, record it in CHANGELOG.md and update the
lists with: npx vitest run --project unit tests/api -u`;

describe("the public names of", () => {
  it.for([
    "core",
    "types",
    "blueprint",
    "reading",
    "mcap",
    "catalog",
    "import",
    "node",
    "testing",
    "web",
    "three",
    "controls",
    "replay",
    "react",
    "opentelemetry",
    "loggers",
    "storage",
  ])("@rerun-ts/%s are those in tests/api", async (packageName) => {
    const sections = [...entryPoints(packageName)].map(
      ([name, path]) => `# ${name}\n\n${exportedNames(path).join("\n")}\n`,
    );
    await expect(sections.join("\n"), HOW_TO_UPDATE).toMatchFileSnapshot(`${packageName}.txt`);
  });
});
