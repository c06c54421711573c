import type { ControlValue } from "../../declare/control-types.ts";
import type { Declaration } from "../../protocol.ts";
import type { FieldActions, FieldControl } from "./field.ts";
import { make, setAttributes } from "./make-element.ts";

/** A slider sends while it moves. */
export function sliderInput({ set }: FieldActions): FieldControl {
  const main = make("input", { type: "range" });
  const output = make("output", { "aria-hidden": "true" });
  const show = (): string => (output.textContent = main.value);
  main.addEventListener("input", () => {
    show();
    set(main.valueAsNumber);
  });
  return {
    main,
    body: make("div", { class: "row" }, main, output),
    update({ declaration: { min, max, step }, value, isUsable }) {
      setAttributes(main, { min, max, step: step ?? "any", disabled: !isUsable });
      if (typeof value === "number" && main.valueAsNumber !== value) main.value = String(value);
      show();
    },
  };
}

/** A number is sent when people have entered it. */
export function numberInput({ set }: FieldActions): FieldControl {
  const main = make("input", { type: "number" });
  const isEdited = followEdits(main, () => {
    if (Number.isFinite(main.valueAsNumber)) set(main.valueAsNumber);
  });
  return {
    main,
    update({ declaration, value, isUsable }) {
      setAttributes(main, { ...numberAttributes(declaration), disabled: !isUsable });
      if (!isEdited() && main.value !== String(value)) main.value = String(value);
    },
  };
}

/** Three numbers. */
export function vectorInput({ set }: FieldActions): FieldControl {
  const inputs = ["x", "y", "z"].map((name) => make("input", { type: "number", "aria-label": name }));
  const change = (): void => {
    const [x = NaN, y = NaN, z = NaN] = inputs.map((input) => input.valueAsNumber);
    if (Number.isFinite(x + y + z)) set([x, y, z]);
  };
  const edits = inputs.map((input) => followEdits(input, change));
  return {
    main: make("div", { role: "group", class: "row" }, ...inputs),
    update({ declaration, value, isUsable }) {
      for (const [index, input] of inputs.entries()) {
        setAttributes(input, { ...numberAttributes(declaration), disabled: !isUsable });
        const shown = Array.isArray(value) ? String(value[index]) : "";
        if (edits[index]?.() !== true && input.value !== shown) input.value = shown;
      }
    },
  };
}

export function selectInput({ set }: FieldActions): FieldControl {
  const main = make("select");
  let shown: readonly string[] | undefined;
  main.addEventListener("change", () => set(main.value));
  return {
    main,
    update({ declaration: { options = [] }, value, isUsable }) {
      if (JSON.stringify(options) !== JSON.stringify(shown)) {
        main.replaceChildren(...options.map((option) => make("option", { value: option }, option)));
        shown = options;
      }
      setAttributes(main, { disabled: !isUsable });
      if (typeof value === "string" && main.value !== value) main.value = value;
    },
  };
}

export function checkboxInput({ set }: FieldActions): FieldControl {
  const main = make("input", { type: "checkbox" });
  main.addEventListener("change", () => set(main.checked));
  return {
    main,
    update({ value, isUsable }) {
      setAttributes(main, { disabled: !isUsable });
      main.checked = value === true;
    },
  };
}

/** A text is sent when people have entered it. A secret one then leaves the page. */
export function textInput({ set }: FieldActions, { secret = false }: Declaration): FieldControl {
  const main = make("input", { type: secret ? "password" : "text", autocomplete: secret ? "new-password" : "off" });
  const isEdited = followEdits(main, () => {
    set(main.value);
    if (secret) main.value = "";
  });
  return {
    main,
    update({ declaration: { maxLength }, value, isUsable }) {
      setAttributes(main, { maxlength: maxLength, disabled: !isUsable });
      if (!secret && !isEdited() && typeof value === "string" && main.value !== value) main.value = value;
    },
  };
}

export function colorInput({ set }: FieldActions): FieldControl {
  const main = make("input", { type: "color" });
  main.addEventListener("input", () => set(main.value));
  return {
    main,
    update({ value, isUsable }) {
      setAttributes(main, { disabled: !isUsable });
      if (typeof value === "string" && main.value !== value) main.value = value;
    },
  };
}

function numberAttributes({ min, max, step }: Declaration): Readonly<Record<string, ControlValue & (string | number)>> {
  return { min: min ?? "", max: max ?? "", step: step ?? "any" };
}

/**
 * Calls a function when people have entered something. Returns a function that tells whether they are about to, so that
 * nobody changes what they write.
 */
function followEdits(input: HTMLInputElement, onEntered: () => void): () => boolean {
  let isEdited = false;
  input.addEventListener("input", () => {
    isEdited = true;
  });
  input.addEventListener("change", () => {
    isEdited = false;
    onEntered();
  });
  input.addEventListener("blur", () => {
    isEdited = false;
  });
  return () => isEdited;
}
