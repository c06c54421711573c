import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import {
  tsAutocompleteWorker,
  tsFacetWorker,
  tsHoverWorker,
  tsLinterWorker,
  tsSyncWorker,
} from "@valtown/codemirror-ts";
import { classHighlighter } from "@lezer/highlight";
import { wrap, type Remote } from "comlink";
import type { CompiledProgram } from "./compiled-program.ts";
import type { LanguageWorker } from "./language-worker.ts";

const PATH = "/main.ts";

/** The editor of a program, with its types. */
export class Editor {
  readonly #view: EditorView;
  readonly #darkness = new Compartment();
  readonly #language: Remote<LanguageWorker>;
  /** Settles when the types are loaded. */
  readonly ready: Promise<void>;

  /** @param onRun is called when the user presses Ctrl+Enter */
  constructor(parent: HTMLElement, onRun: () => void) {
    const worker = new Worker(new URL("./language-worker.ts", import.meta.url), { type: "module" });
    const language = wrap<LanguageWorker>(worker);
    this.#language = language;
    const run = { key: "Mod-Enter", run: () => (onRun(), true) };
    this.#view = new EditorView({
      parent,
      extensions: [
        keymap.of([
          run,
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        EditorState.tabSize.of(2),
        syntaxHighlighting(classHighlighter),
        this.#darkness.of([]),
        javascript({ typescript: true }),
        tsFacetWorker.of({ worker: language, path: PATH }),
        tsSyncWorker(),
        tsLinterWorker(),
        lintGutter(),
        autocompletion({ override: [tsAutocompleteWorker()] }),
        tsHoverWorker(),
      ],
    });
    // Stores the text now, because text that was typed while the types were loading was not stored: the language has no
    // files before.
    this.ready = language.initialize().then(() => this.#store());
  }

  /** Whether the colours are those for a dark page. */
  set isDark(isDark: boolean) {
    this.#view.dispatch({ effects: this.#darkness.reconfigure(EditorView.darkTheme.of(isDark)) });
  }

  /** The program. */
  get code(): string {
    return this.#view.state.doc.toString();
  }

  set code(code: string) {
    this.#view.dispatch({
      changes: { from: 0, to: this.#view.state.doc.length, insert: code },
      selection: { anchor: 0 },
    });
  }

  /** The program as JavaScript. */
  compile(): Promise<CompiledProgram> {
    return this.#language.compile(this.code);
  }

  /** Shows a line, from 1. */
  reveal(line: number): void {
    const { doc } = this.#view.state;
    const { from } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.#view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  }

  /** Passes the program to the language, which checks it. */
  async #store(): Promise<void> {
    await this.#language.updateFile({ path: PATH, code: this.code });
    this.#view.dispatch({ changes: { from: 0, insert: " " } });
    this.#view.dispatch({ changes: { from: 0, to: 1 } });
  }
}
