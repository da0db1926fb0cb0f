import { readFile } from "node:fs/promises";
import type { AwsKeySettings, KeySecrets } from "@onrecord/core/key-settings";
import { ask } from "./ask.js";
import { keysRefused, keysUnavailable } from "./key-service.js";
import type { AwsCredentials } from "./sign-aws.js";

/** New ones are fetched when so much time is left, in milliseconds. */
const MARGIN = 5 * 60_000;
const SERVICE = "AWS credentials";

/**
 * Where credentials come from: the environment; else the container's endpoint (ECS, EKS Pod Identity); else the machine's (IMDSv2).
 * Those that end are fetched anew before they do.
 */
export class AwsCredentialSource {
  #kept: { credentials: AwsCredentials; until: number } | undefined;

  constructor(
    private readonly settings: AwsKeySettings,
    private readonly secrets: KeySecrets,
  ) {}

  async get(): Promise<AwsCredentials> {
    if (this.secrets.aws) return this.secrets.aws;
    if (this.#kept && Date.now() < this.#kept.until - MARGIN) return this.#kept.credentials;
    try {
      this.#kept = await this.#fetch();
    } catch (error) {
      // They hold a little longer than they are meant to be used.
      if (!this.#kept || Date.now() >= this.#kept.until) throw error;
    }
    return this.#kept.credentials;
  }

  /** Forgets what the service does not take any more. */
  forget(): void {
    this.#kept = undefined;
  }

  async #fetch() {
    const { containerUrl, metadataUrl } = this.settings;
    if (containerUrl !== undefined) {
      const authorization = await this.#containerToken();
      return read(containerUrl, "GET", authorization === undefined ? {} : { authorization });
    }
    if (metadataUrl !== undefined) return fromMachine(metadataUrl);
    throw keysRefused(
      SERVICE,
      "there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a container or the machine has some",
    );
  }

  async #containerToken(): Promise<string | undefined> {
    const { containerTokenFile } = this.settings;
    // Read each time: it is replaced while we run.
    return containerTokenFile === undefined
      ? this.secrets.containerToken
      : (await readFile(containerTokenFile, "utf8")).trim();
  }
}

/** IMDSv2: a token first, which a request that was merely passed on could not fetch. */
async function fromMachine(metadataUrl: string) {
  const text = async (path: string, method: "GET" | "PUT", headers: Record<string, string>) => {
    const response = await fetch(`${metadataUrl}${path}`, {
      method,
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(1000),
    }).catch((cause: Error) => {
      throw keysUnavailable(SERVICE, "neither the environment nor the machine has any", cause);
    });
    if (!response.ok) throw keysUnavailable(SERVICE, `the machine answers ${response.status}`);
    return (await response.text()).trim();
  };
  const token = await text("/latest/api/token", "PUT", { "x-aws-ec2-metadata-token-ttl-seconds": "300" });
  const headers = { "x-aws-ec2-metadata-token": token };
  const roles = "/latest/meta-data/iam/security-credentials/";
  const [role = ""] = (await text(roles, "GET", headers)).split("\n");
  return read(`${metadataUrl}${roles}${encodeURIComponent(role)}`, "GET", headers);
}

async function read(url: string, method: "GET", headers: Record<string, string>) {
  const { status, body } = await ask({ url, method, headers }).catch((cause: Error) => {
    throw keysUnavailable(SERVICE, cause.message, cause);
  });
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = body;
  if (status !== 200 || typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string")
    throw keysUnavailable(SERVICE, `the answer is ${status}`);
  const until = typeof Expiration === "string" ? Date.parse(Expiration) : Number.NaN;
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: typeof Token === "string" ? Token : undefined,
    },
    until: Number.isNaN(until) ? Date.now() + 2 * MARGIN : until,
  };
}
