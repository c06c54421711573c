import type { PortCredentials, FromPort } from "./port-protocol.ts";

/** Asks the page for headers or a token, which functions of the page supply. */
export class CredentialRequests {
  readonly #post: (message: FromPort) => void;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: PortCredentials) => void; readonly reject: (error: Error) => void }
  >();
  #nextId = 0;

  constructor(post: (message: FromPort) => void) {
    this.#post = post;
  }

  /** Settles with the answer of the page. */
  ask(): Promise<PortCredentials> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post({ type: "credentials", id });
    });
  }

  /** The page has supplied them. */
  resolve(id: number, value: PortCredentials): void {
    this.#waiting.get(id)?.resolve(value);
    this.#waiting.delete(id);
  }

  /** The function of the page has failed. */
  reject(id: number, error: string): void {
    this.#waiting.get(id)?.reject(new Error(error));
    this.#waiting.delete(id);
  }
}
