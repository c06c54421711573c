/** The style of the panel. Its colours are those of the system, which follow `color-scheme`. */
export const STYLE = `
:host {
  display: block; box-sizing: border-box; overflow: auto; padding: 12px; color-scheme: light dark;
  background: Canvas; color: CanvasText; font: 15px/1.4 system-ui, sans-serif; accent-color: #2f6fed;
  --line: color-mix(in srgb, CanvasText 30%, Canvas); --bad: #b3261e; overflow-wrap: anywhere;
}
:host([hidden]) { display: none }
:host([theme="light"]) { color-scheme: light }
:host([theme="dark"]) { color-scheme: dark; --bad: #ff8a80 }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { --bad: #ff8a80 } }
[hidden] { display: none !important }
h2 { font-size: 1.05em; margin: 8px 0 0 }
p, small { margin: 2px 0; display: block }
small, .recording { opacity: .8; font-size: .87em }
.field { margin: 8px 0 }
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 10px }
.line > label, .line > .label { flex: 1 0 6em; min-height: 44px; display: flex; align-items: center }
.line > .body { flex: 3 1 9em; min-width: 0 }
.row { display: flex; gap: 8px; align-items: center }
.row > * { flex: 1; min-width: 0 }
.row > output { flex: 0 0 3.5em; text-align: end; font-variant-numeric: tabular-nums }
input, select, button, summary { font: inherit; min-height: 44px; box-sizing: border-box; width: 100% }
input, select { padding: 0 8px; border: 1px solid var(--line); border-radius: 6px; background: Field; color: FieldText }
input[type="range"], input[type="checkbox"] { padding: 0; border: 0; background: none }
input[type="checkbox"] { width: 44px; height: 44px; margin: 0; transform: scale(.6) }
input[type="color"] { padding: 2px }
button {
  padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px; background: ButtonFace; color: ButtonText;
  cursor: pointer; touch-action: manipulation; -webkit-user-select: none; user-select: none;
}
button.hold { touch-action: none }
button:active, button[aria-pressed="true"] { background: #2f6fed; color: #fff }
button.yes { border: 2px solid var(--bad) }
:disabled { cursor: not-allowed; opacity: .5 }
:focus-visible { outline: 3px solid #2f6fed; outline-offset: 2px }
details { border-top: 1px solid var(--line) }
summary { cursor: pointer; display: list-item; padding: 10px 0; font-weight: 600 }
progress { width: 100%; height: 8px }
.note { font-size: .87em; min-height: 1.2em }
.bad { color: var(--bad); font-weight: 600 }
dialog { border: 1px solid var(--line); border-radius: 8px; background: Canvas; color: CanvasText; min-width: 14em }
dialog::backdrop { background: rgb(0 0 0 / 50%) }
.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
@media (forced-colors: active) { button[aria-pressed="true"] { outline: 3px solid Highlight } }
`;
