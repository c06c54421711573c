// A network with one hidden layer that learns to which of two spirals a point belongs.

const HIDDEN = 24;

/** A point, and its spiral: 0 or 1. */
export interface Sample {
  readonly place: readonly [x: number, y: number];
  readonly spiral: 0 | 1;
}

/** Two spirals around the centre, each of half a turn. */
export function spirals(count: number): readonly Sample[] {
  return Array.from({ length: count }, (_, at) => {
    const spiral = at % 2 === 0 ? 0 : 1;
    const radius = 0.15 + (0.85 * at) / count;
    const angle = Math.PI * (1.6 * radius + spiral);
    return { place: [radius * Math.cos(angle), radius * Math.sin(angle)], spiral };
  });
}

/** Weights of the hidden layer (x, y, bias), and of the output, followed by its bias. */
export class Network {
  readonly #hidden: Float64Array;
  readonly #output: Float64Array;

  /** @param random numbers from 0 to 1 for the first weights */
  constructor(random: () => number) {
    this.#hidden = Float64Array.from({ length: 3 * HIDDEN }, () => 6 * (random() - 0.5));
    this.#output = Float64Array.from({ length: HIDDEN + 1 }, () => random() - 0.5);
  }

  /** The probability that a point belongs to spiral 1. */
  answer(place: Sample["place"]): number {
    return this.#forward(place).answer;
  }

  /** Changes the weights against the gradient of all samples. Returns the mean loss before. */
  train(samples: readonly Sample[], learningRate: number): number {
    const hiddenGradient = new Float64Array(this.#hidden.length);
    const outputGradient = new Float64Array(this.#output.length);
    let loss = 0;
    for (const { place, spiral } of samples) {
      const { activations, answer } = this.#forward(place);
      loss -= Math.log(Math.max(spiral === 1 ? answer : 1 - answer, 1e-12));
      const error = answer - spiral;
      add(outputGradient, HIDDEN, error);
      for (const [unit, activation] of activations.entries()) {
        add(outputGradient, unit, error * activation);
        const inner = error * (this.#output[unit] ?? 0) * (1 - activation ** 2);
        for (const [input, value] of [...place, 1].entries()) add(hiddenGradient, 3 * unit + input, inner * value);
      }
    }
    const step = -learningRate / samples.length;
    for (const [at, gradient] of hiddenGradient.entries()) add(this.#hidden, at, step * gradient);
    for (const [at, gradient] of outputGradient.entries()) add(this.#output, at, step * gradient);
    return loss / samples.length;
  }

  #forward([x, y]: Sample["place"]): { activations: Float64Array; answer: number } {
    const activations = new Float64Array(HIDDEN);
    let sum = this.#output[HIDDEN] ?? 0;
    for (let unit = 0; unit < HIDDEN; unit++) {
      const [forX = 0, forY = 0, bias = 0] = this.#hidden.subarray(3 * unit, 3 * unit + 3);
      const activation = Math.tanh(forX * x + forY * y + bias);
      activations[unit] = activation;
      sum += activation * (this.#output[unit] ?? 0);
    }
    return { activations, answer: 1 / (1 + Math.exp(-sum)) };
  }
}

function add(weights: Float64Array, at: number, value: number): void {
  weights[at] = (weights[at] ?? 0) + value;
}
