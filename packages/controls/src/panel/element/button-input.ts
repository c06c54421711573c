import type { FieldActions, FieldControl } from "./field.ts";
import { labelOfControl } from "./field.ts";
import { make, setAttributes } from "./make-element.ts";

/** The keys that press a button with the focus. */
const PRESSING = new Set(["Space", "Enter"]);

/** A button that is pressed, after a question if it needs that, or that is held. */
export function buttonInput(actions: FieldActions): FieldControl {
  const main = make("button", { type: "button" });
  const question = make("p");
  const no = make("button", { type: "button", autofocus: true }, "Cancel");
  const yes = make("button", { type: "button", class: "yes" });
  const dialog = make("dialog", {}, question, make("div", { class: "row" }, no, yes));
  let isHeld = false;
  let needsAnswer = false;
  let release: (() => void) | undefined;

  const down = (): void => {
    if (main.disabled) return;
    // The page may have released it before, when it lost the focus.
    release?.();
    release = actions.hold();
    setAttributes(main, { "aria-pressed": "true" });
  };
  const up = (): void => {
    release?.();
    release = undefined;
    setAttributes(main, { "aria-pressed": isHeld ? "false" : undefined });
  };
  const press = (): void => {
    if (main.disabled) return;
    if (!needsAnswer) return actions.press(false);
    // The first one is to cancel: a key that is held or pressed twice confirms nothing.
    if (!dialog.open) dialog.showModal();
  };

  main.addEventListener("click", () => {
    if (!isHeld) press();
  });
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    dialog.close();
    if (!main.disabled) actions.press(true);
  });
  main.addEventListener("pointerdown", (event) => {
    if (!isHeld || event.button !== 0) return;
    main.setPointerCapture(event.pointerId);
    down();
  });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) main.addEventListener(name, up);
  // A long touch would open a menu.
  main.addEventListener("contextmenu", (event) => {
    if (isHeld) event.preventDefault();
  });
  main.addEventListener("keydown", (event) => {
    if (isHeld && PRESSING.has(event.code) && !event.repeat) down();
  });
  main.addEventListener("keyup", (event) => {
    if (isHeld && PRESSING.has(event.code)) up();
  });
  return {
    main,
    body: make("div", {}, main, dialog),
    hasOwnLabel: true,
    update({ declaration, note, isUsable }) {
      const { hold = false, confirm = false, key } = declaration;
      const label = labelOfControl(declaration);
      if (!isUsable || !hold) up();
      if (!isUsable && dialog.open) dialog.close();
      [isHeld, needsAnswer] = [hold, confirm];
      if (main.textContent !== label) main.textContent = label;
      question.textContent = `${label}?`;
      yes.textContent = label;
      const isRunning = note?.outcome === "sent" || note?.outcome === "received";
      setAttributes(main, { disabled: !isUsable, "aria-keyshortcuts": key, "aria-busy": isRunning || undefined });
      if (hold && release === undefined) setAttributes(main, { "aria-pressed": "false" });
      main.classList.toggle("hold", hold);
    },
    onKey(isDown) {
      if (!isHeld) return isDown ? press() : undefined;
      if (isDown) down();
      else up();
    },
  };
}
