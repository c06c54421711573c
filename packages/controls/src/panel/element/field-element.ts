import type { Declaration } from "../../protocol.ts";
import { buttonInput } from "./button-input.ts";
import { labelOfControl, type FieldActions, type FieldControl, type FieldView } from "./field.ts";
import { make, newId, setAttributes, setText } from "./make-element.ts";
import { noteText } from "./note-text.ts";
import {
  checkboxInput,
  colorInput,
  numberInput,
  selectInput,
  sliderInput,
  textInput,
  vectorInput,
} from "./value-inputs.ts";

const INPUTS: Readonly<
  Record<Exclude<Declaration["kind"], "folder">, (actions: FieldActions, declaration: Declaration) => FieldControl>
> = {
  slider: sliderInput,
  number: numberInput,
  vector3: vectorInput,
  select: selectInput,
  checkbox: checkboxInput,
  text: textInput,
  color: colorInput,
  button: buttonInput,
};
/** Outcomes that people must not miss. */
const BAD: ReadonlySet<string | undefined> = new Set(["failed", "timedOut", "refused", "unsent", "unknown"]);

/** A control with its label, hint, progress, and what became of its last use. */
export interface Field {
  readonly kind: Declaration["kind"];
  readonly element: HTMLElement;
  /** Returns what the field says now about its last use, if that is new. */
  update(view: FieldView): string;
  readonly onKey?: (isDown: boolean) => void;
}

/** Makes a field of any kind but a folder. `undefined` for a kind that this version does not know. */
export function makeField(declaration: Declaration, actions: FieldActions): Field | undefined {
  const { kind } = declaration;
  if (!Object.hasOwn(INPUTS, kind)) return undefined;
  const input = INPUTS[kind as Exclude<Declaration["kind"], "folder">](actions, declaration);
  const { main, body = main, hasOwnLabel = false } = input;
  const [id, labelId, hintId, noteId] = [newId(), newId(), newId(), newId()];
  const isGroup = main.getAttribute("role") === "group";
  const label = isGroup ? make("span", { class: "label", id: labelId }) : make("label", { for: id, id: labelId });
  const hint = make("small", { id: hintId });
  const progress = make("progress", { max: 1 });
  const note = make("p", { class: "note", id: noteId });
  setAttributes(main, { id, ...(isGroup ? { "aria-labelledby": labelId } : {}) });
  const line = make("div", { class: "line" }, ...(hasOwnLabel ? [] : [label]), make("div", { class: "body" }, body));
  return {
    kind,
    element: make("div", { class: "field", part: "field" }, line, progress, hint, note),
    ...(input.onKey && { onKey: input.onKey }),
    update(view) {
      const text = labelOfControl(view.declaration);
      setText(label, text);
      setText(hint, view.declaration.hint ?? "");
      const share = view.declaration.progress ?? undefined;
      progress.hidden = share === undefined;
      setAttributes(progress, { value: share, "aria-label": text });
      const isBad = BAD.has(view.note?.outcome);
      const said = noteText(view.note, hasOwnLabel);
      const isNew = said !== note.textContent;
      setText(note, said);
      note.classList.toggle("bad", isBad);
      const described = [hint, note].filter(({ hidden }) => !hidden).map((element) => element.id);
      setAttributes(main, {
        "aria-describedby": described.join(" ") || undefined,
        "aria-invalid": !hasOwnLabel && isBad ? "true" : undefined,
      });
      input.update(view);
      return isNew && said !== "" ? `${text}: ${said}` : "";
    },
  };
}
