/** What wraps new data keys: `keys.json`, a key of AWS KMS, or a key of Vault's transit engine. */
export const keyProviders = ["file", "aws-kms", "vault"] as const;
export type KeyProviderName = (typeof keyProviders)[number];

/** How the key service is reached; safe to log. */
export interface KeySettings {
  readonly provider: KeyProviderName;
  /** Present: what AWS KMS wrapped can be opened, whatever wraps now. */
  readonly aws: AwsKeySettings | undefined;
  /** Present: what Vault wrapped can be opened, whatever wraps now. */
  readonly vault: VaultKeySettings | undefined;
}

export interface AwsKeySettings {
  /** Id, ARN or alias (`alias/onrecord`) of the key that wraps. */
  readonly keyId: string;
  readonly region: string;
  /** Where the service answers, without a slash at the end. */
  readonly endpoint: string;
  /** Where a container gets its credentials; absent: not in one that has any. */
  readonly containerUrl: string | undefined;
  readonly containerTokenFile: string | undefined;
  /** Where a machine asks for its credentials; absent: it must not. */
  readonly metadataUrl: string | undefined;
}

export interface VaultKeySettings {
  readonly address: string;
  readonly namespace: string | undefined;
  /** Where the transit engine is mounted. */
  readonly mount: string;
  readonly key: string;
  /** A file that holds the token now: an agent renews it there. */
  readonly tokenFile: string | undefined;
}

/** What must never be logged. */
export interface KeySecrets {
  readonly aws:
    | {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string | undefined;
      }
    | undefined;
  readonly containerToken: string | undefined;
  readonly vaultToken: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads what the environment says of key services. `fault` is told a sentence for each fault. */
export function readKeySettings(
  env: Env,
  fault: (sentence: string) => void,
): { settings: KeySettings; secrets: KeySecrets } {
  const text = (name: string) => env[name]?.trim() || undefined;
  const said = text("ONRECORD_KEYS") ?? "file";
  const provider = keyProviders.find((name) => name === said);
  if (provider === undefined)
    fault(`ONRECORD_KEYS must be one of ${keyProviders.join(", ")}; it is "${said}".`);
  const address = (name: string, value: string | undefined) => {
    if (value === undefined) return undefined;
    if (URL.canParse(value) && isSafe(new URL(value))) return value.replace(/\/+$/, "");
    fault(
      `${name} must be a URL that starts with https://; http:// is taken on this machine alone, since keys go there.`,
    );
    return undefined;
  };

  const aws = readAws(text, address, fault);
  const vault = readVault(text, address, fault);
  if (provider === "aws-kms" && aws === undefined)
    fault("ONRECORD_KEYS is aws-kms: set ONRECORD_KMS_KEY to the key that wraps, by its ARN, id or alias.");
  if (provider === "vault" && vault === undefined)
    fault("ONRECORD_KEYS is vault: set ONRECORD_VAULT_KEY to the name of the transit key that wraps.");

  const id = text("AWS_ACCESS_KEY_ID");
  const secret = text("AWS_SECRET_ACCESS_KEY");
  if ((id === undefined) !== (secret === undefined))
    fault("Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither.");
  return {
    settings: { provider: provider ?? "file", aws, vault },
    secrets: {
      aws:
        id && secret
          ? { accessKeyId: id, secretAccessKey: secret, sessionToken: text("AWS_SESSION_TOKEN") }
          : undefined,
      containerToken: text("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
      vaultToken: text("VAULT_TOKEN"),
    },
  };
}

/** Whether keys and credentials may go there: by TLS, or over no network (loopback, and what AWS puts beside a machine or container). */
function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  const local =
    /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.(169\.254|170\.2|170\.23)|\[fd00:ec2::(23|254)\])$/;
  return protocol === "http:" && local.test(hostname);
}

type Text = (name: string) => string | undefined;
type Address = (name: string, value: string | undefined) => string | undefined;
type Fault = (sentence: string) => void;

function readAws(text: Text, address: Address, fault: Fault): AwsKeySettings | undefined {
  const keyId = text("ONRECORD_KMS_KEY");
  if (keyId === undefined) return undefined;
  // An ARN says where its key is.
  const region =
    /^arn:[^:]+:kms:([a-z0-9-]+):/.exec(keyId)?.[1] ?? text("AWS_REGION") ?? text("AWS_DEFAULT_REGION");
  if (region === undefined || !/^[a-z0-9-]+$/.test(region))
    fault("Set AWS_REGION to the region of ONRECORD_KMS_KEY.");
  const domain = region?.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const relative = text("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const container = relative ? `http://169.254.170.2${relative}` : text("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  return {
    keyId,
    region: region ?? "",
    endpoint:
      address("ONRECORD_KMS_ENDPOINT", text("ONRECORD_KMS_ENDPOINT")) ?? `https://kms.${region}.${domain}`,
    containerUrl: address("AWS_CONTAINER_CREDENTIALS_FULL_URI", container),
    containerTokenFile: text("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
    metadataUrl:
      text("AWS_EC2_METADATA_DISABLED") === "true"
        ? undefined
        : (address("AWS_EC2_METADATA_SERVICE_ENDPOINT", text("AWS_EC2_METADATA_SERVICE_ENDPOINT")) ??
          "http://169.254.169.254"),
  };
}

function readVault(text: Text, address: Address, fault: Fault): VaultKeySettings | undefined {
  const key = text("ONRECORD_VAULT_KEY");
  if (key === undefined) return undefined;
  const mount = (text("ONRECORD_VAULT_MOUNT") ?? "transit").replace(/^\/+|\/+$/g, "");
  const vaultAddress = address("VAULT_ADDR", text("VAULT_ADDR"));
  // One that is wrong has its sentence already.
  if (text("VAULT_ADDR") === undefined)
    fault("Set VAULT_ADDR to the address of the Vault that has ONRECORD_VAULT_KEY.");
  // They become part of a path.
  if (!/^[\w.-]+$/.test(key) || /^\.+$/.test(key))
    fault("ONRECORD_VAULT_KEY is a name of letters, digits, dots, hyphens and underscores.");
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(mount))
    fault("ONRECORD_VAULT_MOUNT is a path of letters, digits, dots, hyphens and underscores.");
  // Together they name a key in every document's row, in at most 255 bytes.
  if (mount.length + key.length > 200)
    fault("ONRECORD_VAULT_MOUNT and ONRECORD_VAULT_KEY have at most 200 characters together.");
  const tokenFile = text("ONRECORD_VAULT_TOKEN_FILE");
  if (tokenFile === undefined && text("VAULT_TOKEN") === undefined)
    fault(
      "Set ONRECORD_VAULT_TOKEN_FILE to the file that holds the token for Vault, or VAULT_TOKEN to the token.",
    );
  return { address: vaultAddress ?? "", namespace: text("VAULT_NAMESPACE"), mount, key, tokenFile };
}
