import type { AppContext } from "@onrecord/context/context";
import { type Orm, openOrm } from "@onrecord/postgres/orm";
import { DocumentEntity } from "./entities/document.js";
import { FolderEntity } from "./entities/folder.js";
import { TicketEntity } from "./entities/ticket.js";

/** Opens this subgraph's entities on a process's connections. */
export function openDocumentsOrm({ db, log }: Pick<AppContext, "db" | "log">): Promise<Orm> {
  return openOrm({
    db,
    log,
    schema: "documents",
    entities: [FolderEntity, DocumentEntity, TicketEntity],
  });
}
