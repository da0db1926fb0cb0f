import { type Connection, connectionType } from "@onrecord/subgraph/relay";
import { Document } from "./document.js";
import { Folder } from "./folder.js";
import { Version } from "./version.js";

/** A page of folders. */
export const FolderConnection = connectionType("Folder", () => Folder);
export type FolderConnection = Connection<Folder>;

/** A page of documents. */
export const DocumentConnection = connectionType("Document", () => Document);
export type DocumentConnection = Connection<Document>;

/** A page of versions. */
export const VersionConnection = connectionType("Version", () => Version);
export type VersionConnection = Connection<Version>;
