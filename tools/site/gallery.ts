import { SCENES } from "./examples.ts";

const SOURCE = /\]\(\.\.\/examples\/(node|web)\/([\w-]+)\//;

/** The text of docs/gallery.md, with a way to run each example below its source: in the playground, or as a page. */
export function withExamples(markdown: string): string {
  return markdown
    .split("\n\n")
    .flatMap((paragraph) => {
      const [, platform, name = ""] = SOURCE.exec(paragraph) ?? [];
      if (platform === "web") return [paragraph, `<OpenExample name="${name}" />`];
      return name in SCENES ? [paragraph, `<RunExample name="gallery/${name}" />`] : [paragraph];
    })
    .join("\n\n");
}
