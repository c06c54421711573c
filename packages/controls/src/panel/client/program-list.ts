import type { ControlValue } from "../../declare/control-types.ts";
import type { DeclarationUpdates, OfferedProgram, Values } from "../../protocol.ts";
import type { ControlNote, PanelProgram } from "./panel-state.ts";

/** The programs that were here and are gone that a panel still shows. */
const MAX_GONE = 8;

/** The programs of a panel, as its relay tells of them. */
export class ProgramList {
  /** The id of this panel at its relay. */
  client: string | undefined;
  #programs: readonly PanelProgram[] = [];

  get programs(): readonly PanelProgram[] {
    return this.#programs;
  }

  /** Takes the list of a relay. Programs that are missing in it are gone. */
  replace(offered: readonly OfferedProgram[]): void {
    const present = offered.map(({ holder, ...program }): PanelProgram => {
      const known = this.#find(program.program);
      const state = {
        isGone: false,
        isSilent: false,
        control: this.#controlOf({ ...program, holder }),
        pending: known?.pending ?? {},
      };
      return { ...program, ...state, notes: known?.notes ?? {} };
    });
    const isPresent = (gone: PanelProgram): boolean =>
      present.some(
        ({ program, application, recording }) =>
          program === gone.program || (application === gone.application && recording === gone.recording),
      );
    const gone = this.#programs.filter((program) => !isPresent(program)).slice(-MAX_GONE);
    this.#programs = [...present, ...gone.map((program) => ({ ...program, isGone: true, isSilent: false }))];
  }

  /** Changes declarations. */
  update(program: string, updates: DeclarationUpdates): void {
    this.#change(program, ({ controls }) => ({
      controls: controls.map((control) => {
        const { progress, ...changes } = updates[control.name] ?? {};
        const { progress: before, ...others } = { ...control, ...changes };
        const now = progress === undefined ? before : progress;
        return now === undefined || now === null ? others : { ...others, progress: now };
      }),
    }));
  }

  setValues(program: string, values: Values): void {
    this.#change(program, ({ values: before }) => ({ values: { ...before, ...values } }));
  }

  setHolder(program: string, client: string | null): void {
    const control = this.#controlOf({ exclusive: true, holder: client ?? undefined });
    this.#change(program, () => ({ control }));
  }

  setPending(program: string, pending: Readonly<Record<string, ControlValue>>): void {
    this.#change(program, () => ({ pending }));
  }

  note(program: string, name: string, note: ControlNote): void {
    this.#change(program, ({ notes }) => ({ notes: { ...notes, [name]: note } }));
  }

  setSilent(isSilent: (program: string) => boolean): boolean {
    let hasChanged = false;
    for (const { program, isSilent: before, isGone } of this.#programs) {
      const now = !isGone && isSilent(program);
      if (now === before) continue;
      hasChanged = true;
      this.#change(program, () => ({ isSilent: now }));
    }
    return hasChanged;
  }

  #controlOf({ exclusive, holder }: { exclusive?: boolean; holder?: string | undefined }): PanelProgram["control"] {
    if (exclusive !== true || holder === undefined) return "anyone";
    return holder === this.client ? "us" : "others";
  }

  #find(program: string): PanelProgram | undefined {
    return this.#programs.find((one) => one.program === program);
  }

  #change(program: string, changes: (program: PanelProgram) => Partial<PanelProgram>): void {
    this.#programs = this.#programs.map((one) => (one.program === program ? { ...one, ...changes(one) } : one));
  }
}
