/** The most pixels of all canvases of a page that have a placeholder. */
const MAX_PIXELS = 16_000_000;
const TEXT = "canvas: not part of the replay";
const [PAPER, STRIPE, INK] = ["#eceff3", "#dfe4ea", "#4a5563"];
/** The distance of stripes, and the largest letters, in pixels. */
const [STRIPE_STEP, MAX_FONT] = [24, 20];
/** The width of the text, in sizes of its font. */
const TEXT_EMS = 15;

/** Marks canvases, whose contents replays lack, by a pattern with a text. */
export class CanvasPlaceholders {
  readonly #pixels = new WeakMap<Element, number>();
  #total = 0;

  /** Draws on an element, if it is a canvas. To be called again when its size has changed, which clears it. */
  draw(element: Element): void {
    const { width, height } = element as HTMLCanvasElement;
    if (element.localName !== "canvas" || !(width > 0 && height > 0)) return;
    const total = this.#total - (this.#pixels.get(element) ?? 0) + width * height;
    // The browser reserves no memory for a canvas before something is drawn.
    if (total > MAX_PIXELS) return;
    const context = (element as HTMLCanvasElement).getContext("2d");
    if (context === null) return;
    this.#total = total;
    this.#pixels.set(element, width * height);
    context.fillStyle = PAPER;
    context.fillRect(0, 0, width, height);
    context.strokeStyle = STRIPE;
    context.lineWidth = STRIPE_STEP / 3;
    context.beginPath();
    for (let x = -height; x < width; x += STRIPE_STEP) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    context.fillStyle = INK;
    context.font = `${Math.min(MAX_FONT, width / TEXT_EMS, height / 2)}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(TEXT, width / 2, height / 2);
  }
}
