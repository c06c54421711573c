import type { Declaration } from "../../protocol.ts";
import type { PanelClient } from "../client/panel-client.ts";
import { isUsable, shownValue, type PanelProgram, type PanelState } from "../client/panel-state.ts";
import { makeField, type Field } from "./field-element.ts";
import { labelOfControl } from "./field.ts";
import { make, newId, setText } from "./make-element.ts";

/** The part of a panel that shows the controls of a program. */
export class ProgramSection {
  readonly element: HTMLElement;
  readonly #client: PanelClient;
  readonly #program: string;
  readonly #title: HTMLElement;
  readonly #recording = make("p", { class: "recording" });
  readonly #state = make("p");
  readonly #control = make("button", { type: "button" });
  readonly #body = make("div");
  readonly #fields = new Map<string, Field>();
  readonly #folders = new Map<string, HTMLDetailsElement>();
  #order: string = "";
  #isHolder = false;
  #keys: readonly (readonly [code: string, field: Field])[] = [];

  constructor(client: PanelClient, program: string) {
    this.#client = client;
    this.#program = program;
    const id = newId();
    this.#title = make("h2", { id });
    const parts = [this.#title, this.#recording, this.#state, this.#control, this.#body];
    this.element = make("section", { "aria-labelledby": id, part: "program" }, ...parts);
    this.#control.addEventListener("click", () =>
      this.#isHolder ? client.leave(this.#program) : client.take(this.#program),
    );
  }

  /** Shows a program. Returns what is worth to be announced. */
  update(state: PanelState, program: PanelProgram): readonly string[] {
    setText(this.#title, program.application);
    setText(this.#recording, program.recording);
    const before = this.#state.textContent;
    const said = describeProgram(program);
    setText(this.#state, said);
    this.#state.classList.toggle("bad", program.isGone || program.isSilent);
    this.#isHolder = program.control === "us";
    this.#control.hidden = program.exclusive !== true || program.isGone;
    this.#control.textContent = this.#isHolder ? "Leave control to others" : "Take control";
    this.#arrange(program.controls);
    this.#keys = program.controls.flatMap(({ name, key }) => {
      const field = this.#fields.get(name);
      return key === undefined || field === undefined ? [] : [[key, field] as const];
    });
    const news = program.controls.map((declaration) =>
      this.#fields.get(declaration.name)?.update({
        declaration,
        value: shownValue(program, declaration.name),
        note: program.notes[declaration.name],
        isUsable: isUsable(state, program, declaration) && !isInDisabledFolder(program.controls, declaration.name),
      }),
    );
    return [
      ...(said === before ? [] : [said]),
      ...news.filter((text) => text !== undefined && text !== ""),
    ] as string[];
  }

  /** Passes on a key. Returns whether a button has it. */
  onKey(code: string, isDown: boolean): boolean {
    const fields = this.#keys.filter(([own]) => own === code);
    for (const [, field] of fields) field.onKey?.(isDown);
    return fields.length > 0;
  }

  /** Makes fields and folders in the order of the declarations. Fields that stay the same keep the focus. */
  #arrange(controls: readonly Declaration[]): void {
    const order = JSON.stringify(controls.map(({ name, kind, secret }) => [name, kind, secret]));
    if (order === this.#order) {
      for (const declaration of controls)
        this.#folders.get(declaration.name)?.firstElementChild?.replaceChildren(labelOfControl(declaration));
      return;
    }
    this.#order = order;
    this.#fields.clear();
    this.#folders.clear();
    this.#body.replaceChildren();
    for (const declaration of controls) {
      const { name, kind } = declaration;
      const parent = this.#folders.get(name.slice(0, Math.max(0, name.lastIndexOf("/")))) ?? this.#body;
      if (kind === "folder") {
        const folder = make(
          "details",
          { open: true, part: "folder" },
          make("summary", {}, labelOfControl(declaration)),
        );
        this.#folders.set(name, folder);
        parent.append(folder);
        continue;
      }
      const field = makeField(declaration, {
        set: (value) => this.#client.set(this.#program, name, value),
        press: (isConfirmed) => this.#client.press(this.#program, name, isConfirmed),
        hold: () => this.#client.hold(this.#program, name),
      });
      if (field === undefined) continue;
      this.#fields.set(name, field);
      parent.append(field.element);
    }
  }
}

function describeProgram({ isGone, isSilent, control }: PanelProgram): string {
  if (isGone) return "The program is gone.";
  if (isSilent) return "The program does not answer.";
  return control === "others" ? "Another panel controls this program." : "";
}

function isInDisabledFolder(controls: readonly Declaration[], name: string): boolean {
  return controls.some(
    ({ kind, disabled, name: folder }) => kind === "folder" && disabled === true && name.startsWith(`${folder}/`),
  );
}
