import { createHash, createHmac } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";

/**
 * Signs requests with the functions of Node, because those of the Web Crypto API take many times as long for short
 * texts.
 */
export class RequestSigner extends AwsV4Signer {
  override async signature(): Promise<string> {
    const hash = createHash("sha256")
      .update(await this.canonicalString())
      .digest("hex");
    const text = ["AWS4-HMAC-SHA256", this.datetime, this.credentialString, hash].join("\n");
    return createHmac("sha256", this.#key()).update(text).digest("hex");
  }

  /** The key of a day. */
  #key(): Uint8Array {
    const date = this.datetime.slice(0, 8);
    const name = [this.secretAccessKey, date, this.region, this.service].join();
    let key = this.cache.get(name);
    if (key === undefined) {
      let derived: string | Uint8Array = `AWS4${this.secretAccessKey}`;
      for (const text of [date, this.region, this.service, "aws4_request"])
        derived = createHmac("sha256", derived).update(text).digest();
      this.cache.set(name, (key = Uint8Array.from(Buffer.from(derived)).buffer));
    }
    return new Uint8Array(key);
  }
}
