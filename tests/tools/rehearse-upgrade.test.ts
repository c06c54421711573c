import { isSoak, root } from "@rerun-ts/test-support/node/environment";
import { makeTemporaryFolder } from "@rerun-ts/test-support/node/temporary-folder";
import { describe, expect, it, onTestFinished } from "vitest";
import { rehearseUpgrade } from "../../tools/upgrade/rehearsal.ts";

describe.runIf(isSoak)("all steps of an upgrade from the release before", () => {
  // Builds the packages, and compares them with the real Rerun.
  it("end without gaps, and at this repository", async () => {
    const folder = makeTemporaryFolder({ ignore: () => true });
    onTestFinished(folder.remove);
    const { code, output, differences } = await rehearseUpgrade(root, folder.path);
    expect({ code, output: code === 0 ? "" : output.slice(-5000), differences }).toEqual({
      code: 0,
      output: "",
      differences: [],
    });
  }, 1_800_000);
});
