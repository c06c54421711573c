/** Signs requests by the Web Crypto API. */
export { AwsV4Signer as RequestSigner } from "aws4fetch";
