// @ts-check
// A plugin for TypeDoc: it names modules as they are imported, says which members need no documentation besides that of
// their type, and lets pages load the index of the search when somebody searches.
import { Converter, DeclarationReflection, IntrinsicType, LiteralType, ReflectionKind, Renderer } from "typedoc";

/** The script with the index of the search, which is larger than everything else that a page loads. */
const SEARCH_SCRIPT = /<script async src="([^"]*search\.js)" id="tsd-search-script"><\/script>/;

/** Parts of types of the platform or of other libraries, which document their members. */
const PARTS_OF_OTHERS = new Set([
  "BlobWithType",
  "ConsoleLike",
  "DateLike",
  "ElementLike",
  "EncodedChunkLike",
  "EpochNanoseconds",
  "GeometryAttribute",
  "GeometryLike",
  "NodeWritable",
  "ToArray",
  "WebSocketEvent",
  "WebSocketLike",
  "WebViewerChannelLike",
  "WebViewerLike",
  "WebWritable",
]);

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      module.name = module.name.replace(/^(\w+)\/src/, "@rerun-ts/$1");
    }
  });
  app.converter.on(Converter.EVENT_END, ({ project }) => {
    const members = project.getReflectionsByKind(ReflectionKind.Property | ReflectionKind.CallSignature);
    const names = members.filter(isDocumentedElsewhere).map((member) => member.getFriendlyFullName());
    app.options.setValue("intentionallyNotDocumented", [...new Set(names)]);
  });
  app.renderer.on(Renderer.EVENT_END_PAGE, (page) => {
    if (page.contents === undefined || !page.filename.endsWith(".html")) return;
    if (!SEARCH_SCRIPT.test(page.contents)) throw new Error("TypeDoc loads the index of its search in another way");
    page.contents = page.contents.replace(SEARCH_SCRIPT, lazyScript);
  });
}

/**
 * A script that gets its source when the user first clicks or presses a key.
 * @type {(tag: string, source: string) => string}
 */
function lazyScript(_, source) {
  const setSource = `document.querySelector("#tsd-search-script").src ||= ${JSON.stringify(source)}`;
  const events = ["pointerdown", "keydown"].map((name) => `addEventListener("${name}", () => (${setSource}));`);
  return `<script id="tsd-search-script"></script><script>${events.join("")}</script>`;
}

/** @param {import("typedoc").Reflection} member */
function isDocumentedElsewhere(member) {
  if (member.hasComment() || isExternal(member) || isInParameter(member)) return false;
  const owner = member.kindOf(ReflectionKind.CallSignature) ? member.parent?.parent : member.parent;
  return (owner !== undefined && PARTS_OF_OTHERS.has(owner.name)) || isAnonymous(member) || isFixed(member);
}

/**
 * Whether it is part of the type of a parameter, for which TypeDoc demands no documentation.
 * @param {import("typedoc").Reflection} member
 */
function isInParameter(member) {
  for (let owner = member.parent; owner !== undefined; owner = owner.parent)
    if (owner.kindOf(ReflectionKind.Parameter)) return true;
  return false;
}

/**
 * Whether it belongs to a type without a name, such as `x` of `{ x: number; y: number }`.
 * @param {import("typedoc").Reflection} member
 */
function isAnonymous(member) {
  return member.kindOf(ReflectionKind.Property) && member.parent?.kindOf(ReflectionKind.TypeLiteral) === true;
}

/**
 * Whether it has one value at most: a tag such as `kind: "chunk"`, or a member that must not be there.
 * @param {import("typedoc").Reflection} member
 */
function isFixed(member) {
  if (!(member instanceof DeclarationReflection)) return false;
  const { type } = member;
  return type instanceof LiteralType || (type instanceof IntrinsicType && type.name === "undefined");
}

/** @param {import("typedoc").Reflection} member */
function isExternal(member) {
  return member instanceof DeclarationReflection && member.flags.isExternal;
}
