// @ts-check
// A plugin for TypeDoc: it names modules as they are imported, and says which members need no documentation besides that
// of their type.
import { Converter, DeclarationReflection, IntrinsicType, LiteralType, ReflectionKind } from "typedoc";

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
}

/** @param {import("typedoc").Reflection} member */
function isDocumentedElsewhere(member) {
  if (member.hasComment() || isExternal(member)) return false;
  const owner = member.kindOf(ReflectionKind.CallSignature) ? member.parent?.parent : member.parent;
  return (owner !== undefined && PARTS_OF_OTHERS.has(owner.name)) || isAnonymous(member) || isFixed(member);
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
