import { describe, expect, it } from "vitest";
import { anchorsIn, linksIn } from "../../tools/lib/markdown-links.ts";

describe("linksIn", () => {
  it.for([
    ["[text](docs/a.md#part)", ["docs/a.md#part"]],
    ["![`code` in an image](<images/a.png>)", ["images/a.png"]],
    ['[title](a.md "A title") and [another](b.md)', ["a.md", "b.md"]],
    ["[label]\n\n[label]: c.md", ["c.md"]],
    ['<a href="d.md"><img width="5" src="e.png"></a>', ["d.md", "e.png"]],
    ["[![badge](f.svg)](g.md)", ["f.svg", "g.md"]],
    ["a [word\nwrapped](h.md) by a formatter", ["h.md"]],
  ] as const)("finds the targets in %s", ([markdown, links]) => {
    expect(linksIn(markdown)).toEqual(links);
  });

  it.for(["`[text](a.md)`", "``[a`b](a.md)``", "```md\n[text](a.md)\n```", "  ~~~\n  [text](a.md)\n  ~~~"])(
    "ignores code: %s",
    (markdown) => {
      expect(linksIn(markdown)).toEqual([]);
    },
  );
});

describe("anchorsIn", () => {
  it.for([
    ["# Two words", ["two-words"]],
    ["## `rec.log(…)`: what it does, and why", ["reclog-what-it-does-and-why"]],
    ["### … a sink", ["-a-sink"]],
    ["## See [the docs](a.md)", ["see-the-docs"]],
    ["## Same\n\n## Same\n\n## Same", ["same", "same-1", "same-2"]],
    ['<a id="here"></a>', ["here"]],
    ["```sh\n# a comment\n```", []],
  ] as const)("finds the anchors of %s", ([markdown, anchors]) => {
    expect([...anchorsIn(markdown)]).toEqual(anchors);
  });
});
