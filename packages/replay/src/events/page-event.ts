/** The kinds of rrweb's events that recordings have. */
export const EVENT = { fullSnapshot: 2, incremental: 3, meta: 4 } as const;

/** The sources of incremental events that recordings have. */
export const SOURCE = {
  mutation: 0,
  mouseMove: 1,
  mouseInteraction: 2,
  scroll: 3,
  viewportResize: 4,
  input: 5,
  touchMove: 6,
  styleSheetRule: 8,
  drag: 12,
  styleDeclaration: 13,
  adoptedStyleSheet: 15,
} as const;

/** The kinds of serialized nodes. */
export const NODE = { document: 0, doctype: 1, element: 2, text: 3, cdata: 4, comment: 5 } as const;

/** Any object of JSON. */
export type EventFields = Record<string, unknown>;

/** An event of rrweb. */
export interface PageEvent {
  readonly type: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly data: EventFields;
}

/** The value if it is an object but no list. Otherwise an empty object. */
export function fieldsOf(value: unknown): EventFields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as EventFields) : {};
}

/** The objects of a list. Empty for any other value. */
export function objectsOf(value: unknown): readonly EventFields[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];
}

/** The value if it is a string. Otherwise an empty string. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
