import { randomBytes } from "node:crypto";
import { seal, unseal } from "../vault.js";
import { type Received, type StubAnswer, type StubServer, startStub } from "./stub-server.js";

/** A stub of HashiCorp Vault's transit engine at `team/transit`, in the namespace `filings`, that speaks its wire and has its own keys. */
export interface VaultStub extends StubServer {
  readonly env: Readonly<Record<string, string>>;
  token: string;
  readonly faults: StubAnswer[];
  always: StubAnswer | undefined;
  readonly versions: () => number;
  /** Versions below are not opened any more. */
  minDecryptionVersion: number;
}

export const sealedVault: StubAnswer = { status: 503, json: { errors: ["Vault is sealed"] } };

export async function startVault(): Promise<VaultStub> {
  const keys = [randomBytes(32)];
  const errors = (status: number, ...errors: string[]): StubAnswer => ({ status, json: { errors } });
  const ok = (data: object): StubAnswer => ({
    status: 200,
    json: { request_id: "r", lease_id: "", renewable: false, data },
  });

  const answer = ({ method, path, headers, body }: Received): StubAnswer => {
    const planted = stub.faults.shift() ?? stub.always;
    if (planted) return planted;
    if (headers["x-vault-token"] !== stub.token || headers["x-vault-namespace"] !== "filings")
      return errors(403, "1 error occurred:\n\t* permission denied\n\n");
    const asked = (body ? JSON.parse(body) : {}) as Record<string, string>;
    const aad = asked.associated_data ?? "";
    switch (`${method} ${path}`) {
      case "GET /v1/team/transit/keys/onrecord":
        return ok({
          name: "onrecord",
          type: "aes256-gcm96",
          latest_version: keys.length,
          min_decryption_version: stub.minDecryptionVersion,
        });
      case "POST /v1/team/transit/keys/onrecord/rotate":
        keys.push(randomBytes(32));
        return { status: 204 };
      case "POST /v1/team/transit/encrypt/onrecord": {
        const sealed = seal(keys.at(-1)!, Buffer.from(asked.plaintext ?? "", "base64"), aad);
        return ok({
          ciphertext: `vault:v${keys.length}:${sealed.toString("base64")}`,
          key_version: keys.length,
        });
      }
      case "POST /v1/team/transit/decrypt/onrecord": {
        const [, version = "0", text = ""] = /^vault:v(\d+):(.*)$/.exec(asked.ciphertext ?? "") ?? [];
        const key = keys[Number(version) - 1];
        if (!key) return errors(400, "invalid ciphertext: no prefix");
        if (Number(version) < stub.minDecryptionVersion)
          return errors(400, "ciphertext or signature version is disallowed by policy (too old)");
        try {
          return ok({ plaintext: unseal(key, Buffer.from(text, "base64"), aad).toString("base64") });
        } catch {
          return errors(400, "cipher: message authentication failed");
        }
      }
      default:
        return errors(404, `no handler for route "${path}". route entry not found.`);
    }
  };

  const server = await startStub(answer);
  const stub: VaultStub = {
    ...server,
    env: {
      VAULT_ADDR: server.url,
      VAULT_NAMESPACE: "filings",
      VAULT_TOKEN: "hvs.a-token",
      ONRECORD_VAULT_MOUNT: "team/transit",
      ONRECORD_VAULT_KEY: "onrecord",
    },
    token: "hvs.a-token",
    faults: [],
    always: undefined,
    versions: () => keys.length,
    minDecryptionVersion: 1,
  };
  return stub;
}
