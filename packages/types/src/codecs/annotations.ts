import { InvalidValueError, wrongType } from "@rerun-ts/core/checks";
import type { ListBuilder, StructBuilder } from "@rerun-ts/core/encode";
import type { Codec } from "../define/codec.ts";
import { ClassId } from "../gen/encodings/class-id.ts";
import { Rgba32 } from "../gen/encodings/rgba32.ts";
import { UInt16 } from "../gen/encodings/uint16.ts";
import { Utf8 } from "../gen/encodings/utf8.ts";
import type { ColorLike } from "./colors.ts";
import { listField, lists } from "./lists.ts";
import { keypointPairs, type KeypointPairLike } from "./pairs.ts";
import { structs } from "./structs.ts";

/** A class or a keypoint: its id, label and colour. A number alone is an id without label and colour. */
export type AnnotationInfoLike =
  | { readonly id: number; readonly label?: string | null | undefined; readonly color?: ColorLike | null | undefined }
  | readonly [id: number, label?: string | null | undefined, color?: ColorLike | null | undefined]
  | number;

/** One class or keypoint, or a list of them. */
export type AnnotationInfosLike = AnnotationInfoLike | readonly AnnotationInfoLike[];

/** A class whose instances have keypoints, such as the joints of a person. */
export interface KeypointClassLike {
  /** The class itself. */
  readonly info: AnnotationInfoLike;
  /** The names and colours of the keypoints. Default: none. */
  readonly keypointAnnotations?: readonly AnnotationInfoLike[] | undefined;
  /** Pairs of keypoints that are connected by a line. */
  readonly keypointConnections?: readonly KeypointPairLike[] | undefined;
}

/** A class, with keypoints or without. */
export type ClassDescriptionLike = KeypointClassLike | AnnotationInfoLike;

/** One class, or a list of them. */
export type ClassDescriptionsLike = ClassDescriptionLike | readonly ClassDescriptionLike[];

/** The classes of one annotation context, or a list of such lists. */
export type AnnotationContextsLike = ClassDescriptionsLike | readonly (readonly ClassDescriptionLike[])[];

const EXPECTED_INFO = "{ id, label?, color? }, [id, label?, color?], a number";
const EXPECTED_CLASS =
  'classes such as 1, [1, "car"], { id: 1, label: "car", color: "red" }, { info, keypointAnnotations? }, or a list of them';

/** Classes and keypoints. */
export const annotationInfos: Codec<AnnotationInfosLike, StructBuilder> = /* @__PURE__ */ structs(
  [
    { name: "id", codec: UInt16 },
    { name: "label", codec: Utf8, isNullable: true },
    { name: "color", codec: Rgba32, isNullable: true },
  ],
  {
    expected: "[id, label?, color?], a number, ",
    shorthand: "id",
    isOne: isOneInfo,
    normalize: (value) => (Array.isArray(value) ? toInfo(value) : value),
  },
);

/** Classes with their keypoints. */
export const classDescriptions: Codec<ClassDescriptionsLike, StructBuilder> = /* @__PURE__ */ structs(
  [
    { name: "info", codec: annotationInfos },
    {
      name: "keypointAnnotations",
      nativeName: "keypoint_annotations",
      codec: /* @__PURE__ */ listField(annotationInfos),
      fallback: [],
    },
    {
      name: "keypointConnections",
      nativeName: "keypoint_connections",
      codec: /* @__PURE__ */ listField(keypointPairs),
      fallback: [],
    },
  ],
  { expected: `${EXPECTED_INFO}, `, shorthand: "info", isOne: isOneInfo, normalize: toDescription },
);

const mapElems: Codec<ClassDescriptionsLike, StructBuilder> = /* @__PURE__ */ structs(
  [
    { name: "classId", nativeName: "class_id", codec: ClassId },
    { name: "classDescription", nativeName: "class_description", codec: classDescriptions },
  ],
  { expected: `${EXPECTED_INFO}, `, shorthand: "id", isOne: isOneInfo, normalize: toMapElem },
);

/** Classes by id. Errors name the forms in which classes are given, and not the structs that are made of them. */
export const classDescriptionMapElems: Codec<ClassDescriptionsLike, StructBuilder> = {
  ...mapElems,
  append(values, builder, instances): void {
    try {
      mapElems.append(values, builder, instances);
    } catch (error) {
      if (!(error instanceof InvalidValueError)) throw error;
      const path = error.path.replace(".classDescription", "").replace(".info", "").replace(".classId", ".id");
      throw new InvalidValueError(error.expected, error.got, error.isRange, error.argument, path, error.place);
    }
  },
};

/** Annotation contexts: all classes of a context are one instance. */
export const annotationContexts: Codec<AnnotationContextsLike, ListBuilder> = /* @__PURE__ */ lists(
  classDescriptionMapElems,
  "a list of classes",
  (values) => !Array.isArray(values) || (values.length > 0 && !isListOfLists(values)),
);

/** Whether the values are one class or keypoint: an object, or an array that begins with id and label. */
function isOneInfo(values: object): boolean {
  if (!Array.isArray(values)) return !(Symbol.iterator in values);
  return (
    typeof values[0] === "number" && values.length > 1 && typeof values[1] !== "number" && !isOneInfoObject(values[1])
  );
}

function isOneInfoObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("id" in value || "info" in value);
}

function toInfo([id, label, color, ...others]: readonly unknown[]): unknown {
  return others.length === 0 ? { id, label, color } : undefined;
}

function toDescription(value: unknown): unknown {
  return isOneInfoObject(value) && "info" in (value as object) ? value : { info: value };
}

function toMapElem(value: unknown): unknown {
  const classDescription = toDescription(value) as { readonly info: unknown };
  const { info } = classDescription;
  const classId: unknown = Array.isArray(info) ? info[0] : isOneInfoObject(info) ? (info as { id: unknown }).id : info;
  if (typeof classId !== "number") throw wrongType(EXPECTED_CLASS, classId);
  return { classId, classDescription };
}

/** Whether each item is a list of classes, which begins with an object or with another list. */
function isListOfLists(values: readonly unknown[]): boolean {
  const first = values[0];
  return Array.isArray(first) && (first.length === 0 || typeof first[0] === "object");
}
