import { SCENES } from "./scenes.ts";

/** The examples for Node that do not run in the page, and why. */
const NOT_IN_PAGE: Readonly<Record<string, string>> = {
  archetypes: "Those on the pages of the archetypes do, one by one.",
  telemetry: "The processors and exporters for OpenTelemetry are part of the package for Node.",
};
const SOURCE = /\]\(\.\.\/examples\/(node|web)\/([\w-]+)\//;

/** The text of docs/gallery.md, with a way to run each example below its source: in the playground, or as a page. */
export function withExamples(markdown: string): string {
  return markdown
    .split("\n\n")
    .flatMap((paragraph) => {
      const [, platform, name = ""] = SOURCE.exec(paragraph) ?? [];
      if (platform === "web") return [paragraph, `<OpenExample name="${name}" />`];
      if (name in SCENES) return [paragraph, `<RunExample name="gallery/${name}" />`];
      const reason = NOT_IN_PAGE[name];
      return reason === undefined ? [paragraph] : [paragraph, `This example does not run in the page. ${reason}`];
    })
    .join("\n\n");
}
