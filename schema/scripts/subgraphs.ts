import { buildSchema as audit } from "@onrecord/subgraph-audit/schema";
import { buildSchema as documents } from "@onrecord/subgraph-documents/schema";
import { buildSchema as identity } from "@onrecord/subgraph-identity/schema";
import { buildSchema as permissions } from "@onrecord/subgraph-permissions/schema";
import type { SubgraphSdls } from "./contract.js";

/** The SDL of the four subgraphs, from their code. */
export function subgraphSdls(): SubgraphSdls {
  return {
    audit: audit().sdl,
    documents: documents().sdl,
    identity: identity().sdl,
    permissions: permissions().sdl,
  };
}
