/** The style of `<rerun-replay>`. Its colours are those of the system, which follow `color-scheme`. */
export const REPLAY_STYLE = `
:host { display: flex; flex-direction: column; min-height: 120px; background: Canvas; color: CanvasText;
  font: 14px/1.4 system-ui, sans-serif; color-scheme: light dark }
:host([hidden]), [hidden] { display: none !important }
#stage { position: relative; flex: 1; min-height: 0; overflow: hidden; background: #8883 }
#page { position: absolute; left: 0; top: 0; transform-origin: 0 0; background: #fff }
iframe { border: 0; width: 100%; height: 100%; pointer-events: none; background: #fff; color-scheme: light }
#pointer { position: absolute; width: 18px; height: 18px; margin: -9px; border-radius: 50%; border: 2px solid #fff;
  background: #2f6fed99; pointer-events: none; box-sizing: border-box }
#bar { display: flex; gap: 8px; align-items: center; padding: 4px 8px }
button { font: inherit; min-width: 36px; min-height: 32px; cursor: pointer }
input { flex: 1; min-width: 40px; accent-color: #2f6fed }
output { font-variant-numeric: tabular-nums }
p { margin: 0; padding: 8px; position: absolute; inset: auto 0 0; background: Canvas }
`;
