import { AppError } from "@onrecord/core/errors";
import type { AwsKeySettings, KeySecrets } from "@onrecord/core/key-settings";
import { packWrapped } from "../wrapped-key.js";
import { type Answer, askPatiently } from "./ask.js";
import { AwsCredentialSource } from "./aws-credentials.js";
import { type KeyService, keysRefused } from "./key-service.js";
import { signAws } from "./sign-aws.js";

const ARN = /^(arn:[\w-]+:kms:)[a-z0-9-]+:(\d{12}):key\/[\w-]+$/;
/** For how long a key is taken to be the one that an alias stands for, in milliseconds. */
const ALIAS_HOLDS = 60_000;

/**
 * Wraps with a key of AWS KMS. Each data key is bound to its document by the encryption context, which KMS also writes into its own
 * trail. The id of a key is `aws-kms:` and its ARN: an alias that is turned to another key is a rotation.
 */
export class AwsKms implements KeyService {
  readonly provider = "aws-kms";
  readonly #credentials: AwsCredentialSource;
  #current: { arn: string; at: number } | undefined;

  constructor(
    private readonly settings: AwsKeySettings,
    secrets: KeySecrets,
  ) {
    this.#credentials = new AwsCredentialSource(settings, secrets);
  }

  async current(): Promise<string> {
    const { arn, state } = await this.#describe();
    if (state !== "Enabled") throw keysRefused(this.#name, `the key ${arn} is ${state}`);
    return `aws-kms:${arn}`;
  }

  async #describe(): Promise<{ arn: string; state: string }> {
    const { KeyMetadata } = await this.#call("DescribeKey", { KeyId: this.settings.keyId });
    const { Arn, KeyState } = (KeyMetadata ?? {}) as { Arn?: string; KeyState?: string };
    if (Arn === undefined || !ARN.test(Arn)) throw keysRefused(this.#name, "it describes no key");
    this.#current = { arn: Arn, at: Date.now() };
    return { arn: Arn, state: KeyState ?? "Enabled" };
  }

  async wrap(dataKey: Buffer, context: string): Promise<Buffer> {
    const { KeyId, CiphertextBlob } = await this.#call("Encrypt", {
      KeyId: this.settings.keyId,
      Plaintext: dataKey.toString("base64"),
      EncryptionContext: { onrecord: context },
    });
    if (typeof KeyId !== "string" || !ARN.test(KeyId) || typeof CiphertextBlob !== "string")
      throw keysRefused(this.#name, "its answer to Encrypt is none");
    return packWrapped(`aws-kms:${KeyId}`, Buffer.from(CiphertextBlob, "base64"));
  }

  async unwrap(keyId: string, body: Buffer, context: string): Promise<Buffer> {
    const arn = keyId.slice("aws-kms:".length);
    await this.#checkAccount(arn);
    const { Plaintext } = await this.#call("Decrypt", {
      KeyId: arn,
      CiphertextBlob: body.toString("base64"),
      EncryptionContext: { onrecord: context },
    });
    if (typeof Plaintext !== "string") throw keysRefused(this.#name, "its answer to Decrypt is none");
    return Buffer.from(Plaintext, "base64");
  }

  async next(): Promise<string> {
    throw new AppError(
      "CONFLICT",
      "Every document is under the key of ONRECORD_KMS_KEY. To rotate, turn its alias to another key, then rotate again; what KMS rotates within a key by itself needs nothing here.",
    );
  }

  async useNext(): Promise<void> {
    await this.next();
  }

  /** Whoever can write to the database names the key. One of an account of theirs would give them what they have put in. */
  async #checkAccount(arn: string): Promise<void> {
    if (!this.#current || Date.now() - this.#current.at > ALIAS_HOLDS) {
      const configured = ARN.test(this.settings.keyId) ? this.settings.keyId : undefined;
      if (configured) this.#current = { arn: configured, at: Date.now() };
      else await this.#describe();
    }
    const [ours, theirs] = [ARN.exec(this.#current?.arn ?? ""), ARN.exec(arn)];
    if (!theirs || ours?.[1] !== theirs[1] || ours?.[2] !== theirs[2])
      throw new AppError(
        "INTERNAL",
        `A data key is wrapped by "${arn}", which is no key of ONRECORD_KMS_KEY's account.`,
      );
  }

  get #name(): string {
    return `AWS KMS ${new URL(this.settings.endpoint).host}`;
  }

  async #call(operation: string, request: object): Promise<Readonly<Record<string, unknown>>> {
    const { endpoint, region } = this.settings;
    const body = JSON.stringify(request);
    let stale = false;
    const answer = await askPatiently(
      this.#name,
      async () => {
        if (stale) this.#credentials.forget();
        const headers = {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `TrentService.${operation}`,
        };
        const host = new URL(endpoint).host;
        const credentials = await this.#credentials.get();
        return {
          url: `${endpoint}/`,
          body,
          headers: signAws({ host, body, headers }, { service: "kms", region }, credentials, new Date()),
        };
      },
      (answer) => {
        stale = /ExpiredToken|UnrecognizedClient/.test(faultOf(answer));
        return passing(answer);
      },
    );
    if (answer.status === 200 && !answer.legible)
      throw keysRefused(
        this.#name,
        "what answers there is no KMS, it sends no JSON: see ONRECORD_KMS_ENDPOINT",
      );
    if (answer.status === 200) return answer.body;
    const fault = faultOf(answer);
    if (/InvalidCiphertext|IncorrectKey/.test(fault))
      throw new AppError(
        "INTERNAL",
        `A data key does not open with its key of AWS KMS (${fault}): it was altered or moved.`,
      );
    throw keysRefused(this.#name, `${fault} at ${operation}`);
  }
}

function faultOf({ status, body }: Answer): string {
  const type = typeof body.__type === "string" ? body.__type : "";
  return type.split("#").at(-1) || `status ${status}`;
}

/** Why an answer of KMS says nothing that lasts. */
function passing(answer: Answer): string | undefined {
  const fault = faultOf(answer);
  const passes =
    answer.status >= 500 ||
    answer.status === 429 ||
    /Throttl|LimitExceeded|ExpiredToken|Timeout|KeyUnavailable/.test(fault);
  return passes ? fault : undefined;
}
