import { createHash, randomBytes } from "node:crypto";
import aws4 from "aws4";
import { seal, unseal } from "../vault.js";
import { type Received, type StubAnswer, type StubServer, startStub } from "./stub-server.js";

/** Who may ask the stub. */
export const kmsCredentials = {
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const REGION = "ap-east-1";

/** A stub of AWS KMS that speaks its wire: it holds signatures against another implementation of them, and has its own keys. */
export interface KmsStub extends StubServer {
  /** What a process is told so that it asks this one. */
  readonly env: Readonly<Record<string, string>>;
  /** Makes a key, turns the alias to it, and returns its ARN. */
  newKey(account?: string): string;
  setState(arn: string, state: "Enabled" | "Disabled" | "PendingDeletion"): void;
  /** The next answers, before anything else is looked at. */
  readonly faults: StubAnswer[];
  /** Answers so to everything while set. */
  always: StubAnswer | undefined;
  /** The token that credentials of a role must bring, where they must. */
  sessionToken: string | undefined;
}

export async function startKms(): Promise<KmsStub> {
  const keys = new Map<string, { secret: Buffer; state: string }>();
  let alias = "";
  const fault = (type: string, message: string, status = 400): StubAnswer => ({
    status,
    json: { __type: type, message },
  });

  const answer = (request: Received): StubAnswer => {
    const planted = stub.faults.shift() ?? stub.always;
    if (planted) return planted;
    if (!isSigned(request, stub.sessionToken))
      return fault("InvalidSignatureException", "The request signature we calculated does not match.");
    const [service, operation] = String(request.headers["x-amz-target"]).split(".");
    if (service !== "TrentService" || request.headers["content-type"] !== "application/x-amz-json-1.1")
      return fault("UnknownOperationException", "");
    const asked = JSON.parse(request.body) as Record<string, string> & {
      EncryptionContext?: Record<string, string>;
    };
    const arn = asked.KeyId === "alias/onrecord" ? alias : (asked.KeyId ?? "");
    const key = keys.get(arn);
    if (!key) return fault("NotFoundException", `Key '${arn}' does not exist`);
    if (operation === "DescribeKey")
      return {
        status: 200,
        json: { KeyMetadata: { Arn: arn, KeyId: arn.split("/")[1], KeyState: key.state } },
      };
    if (key.state === "Disabled") return fault("DisabledException", `${arn} is disabled.`);
    if (key.state !== "Enabled") return fault("KMSInvalidStateException", `${arn} is pending deletion.`);
    const context = JSON.stringify(asked.EncryptionContext ?? {});
    if (operation === "Encrypt") {
      const sealed = seal(key.secret, Buffer.from(asked.Plaintext ?? "", "base64"), context);
      return {
        status: 200,
        json: {
          KeyId: arn,
          CiphertextBlob: sealed.toString("base64"),
          EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        },
      };
    }
    try {
      const plain = unseal(key.secret, Buffer.from(asked.CiphertextBlob ?? "", "base64"), context);
      return {
        status: 200,
        json: { KeyId: arn, Plaintext: plain.toString("base64"), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" },
      };
    } catch {
      return { status: 400, json: { __type: "InvalidCiphertextException" } };
    }
  };

  const server = await startStub(answer);
  const stub: KmsStub = {
    ...server,
    env: {
      ONRECORD_KMS_KEY: "alias/onrecord",
      ONRECORD_KMS_ENDPOINT: server.url,
      AWS_REGION: REGION,
      ...kmsCredentials,
    },
    newKey(account = "111122223333") {
      alias = `arn:aws:kms:${REGION}:${account}:key/${createHash("md5").update(randomBytes(8)).digest("hex")}`;
      keys.set(alias, { secret: randomBytes(32), state: "Enabled" });
      return alias;
    },
    setState(arn, state) {
      const key = keys.get(arn);
      if (key) key.state = state;
    },
    faults: [],
    always: undefined,
    sessionToken: undefined,
  };
  stub.newKey();
  return stub;
}

/** Whether a request is signed as a widely used library would have signed it, for this service, this minute and with these credentials. */
function isSigned({ headers, body }: Received, sessionToken: string | undefined): boolean {
  const time = String(headers["x-amz-date"]);
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(Date.now() - at) < 5 * 60_000) || headers["x-amz-security-token"] !== sessionToken)
    return false;
  const request = aws4.sign(
    {
      method: "POST",
      service: "kms",
      region: REGION,
      path: "/",
      host: headers.host,
      body,
      // The library would add headers of its own that need not be signed.
      headers: {
        Host: String(headers.host),
        "Content-Type": String(headers["content-type"]),
        "X-Amz-Target": String(headers["x-amz-target"]),
        "X-Amz-Date": time,
      },
      extraHeadersToIgnore: { "content-length": true },
    } as aws4.Request,
    {
      accessKeyId: kmsCredentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: kmsCredentials.AWS_SECRET_ACCESS_KEY,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  );
  return String((request.headers as Record<string, unknown>).Authorization) === headers.authorization;
}
