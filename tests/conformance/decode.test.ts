import { readFile, writeFile } from "node:fs/promises";
import { decodeRrd, type RrdMessage } from "@rerun-ts/core/decode";
import { isRerunThere, needRerun } from "@rerun-ts/test-support/setup/need-rerun";
import { beforeAll, describe, expect, test } from "vitest";
import { decodedChunks, decodeInPieces, messagePlaces, printedChunks } from "./harness/chunks.ts";
import { outputFile, outputFolder } from "./harness/output.ts";
import { rerunRrd, runPython } from "./harness/real-rerun.ts";

const FORMS = [
  "complete",
  "without footer",
  "with a blueprint",
  "one after the other",
  "cut off",
  "two recordings and a blueprint",
] as const;

let files: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  if (!isRerunThere()) return;
  const [complete = "", withoutFooter = "", withBlueprint = ""] = await runPython<string[]>(
    "write_samples.py",
    outputFolder,
  );
  const [bytes, footerless] = await Promise.all([readFile(complete), readFile(withoutFooter)]);
  const [concatenated, cut, merged] = ["concatenated", "cut", "merged"].map((name) => outputFile(`sample.${name}.rrd`));
  await writeFile(concatenated as string, Buffer.concat([footerless, bytes, footerless]));
  await writeFile(cut as string, bytes.subarray(0, (messagePlaces(bytes).at(-3)?.end ?? 0) - 10));
  await rerunRrd("merge", complete, withBlueprint, "-o", merged as string);
  const paths = [complete, withoutFooter, withBlueprint, concatenated, cut, merged];
  files = Object.fromEntries(FORMS.map((form, index) => [form, paths[index] ?? ""]));
});

/** The kinds of messages in short, which `rerun rrd print` does not show. */
function outline(messages: readonly RrdMessage[]): string[] {
  return messages.map((message) => {
    if (message.kind === "end") return `end with ${message.footer?.manifests.length ?? 0} manifests`;
    if (message.kind !== "activation") return `${message.kind} of a ${message.storeId.kind}`;
    return `activation, active ${message.makeActive}, default ${message.makeDefault}`;
  });
}

describe("the decoder reads files of Rerun", () => {
  for (const form of FORMS) {
    test(form, async (context) => {
      needRerun(context);
      const path = files[form] ?? "";
      const bytes = await readFile(path);
      const messages = decodeRrd(bytes);
      const chunks = await decodedChunks(messages);
      expect(chunks.length).toBeGreaterThan(5);
      expect(chunks).toEqual(await printedChunks(path));
      for (const size of [1, 13, 4096]) {
        expect(outline(decodeInPieces(bytes, size))).toEqual(outline(messages));
      }
    });
  }

  test("with their store infos, activations and footers", async (context) => {
    needRerun(context);
    const read = async (form: (typeof FORMS)[number]): Promise<RrdMessage[]> =>
      decodeRrd(await readFile(files[form] ?? ""));
    expect(outline(await read("complete")).at(-1)).toBe("end with 1 manifests");
    expect(outline(await read("without footer")).at(-1)).toBe("chunk of a recording");
    const withBlueprint = outline(await read("with a blueprint"));
    expect(withBlueprint[0]).toBe("storeInfo of a blueprint");
    expect(withBlueprint).toContain("chunk of a blueprint");
    expect(withBlueprint).toContain("activation, active false, default true");
    expect(withBlueprint.at(-1)).toBe("end with 2 manifests");
    const stores = new Set((await read("two recordings and a blueprint")).flatMap(storeOf));
    expect(stores.size).toBe(3);
  });
});

function storeOf(message: RrdMessage): string[] {
  return message.kind === "end" ? [] : [`${message.storeId.kind} ${message.storeId.recordingId}`];
}
