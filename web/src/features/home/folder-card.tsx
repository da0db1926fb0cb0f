import type { HomeQuery } from "@onrecord/schema/generated";
import { IconFolder } from "@tabler/icons-react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { PermissionBadges } from "../../ui/permission-badges.js";
import { AddMenu } from "./add-menu.js";
import { ContentRows } from "./content-rows.js";
import classes from "./home.module.css";

type TopFolder = HomeQuery["folders"]["edges"][number]["node"];

/** The most documents that one folder takes on the first page; the rest are one click away. */
const SHOWN = 8;

/** A top folder with its subfolders and first documents. */
export function FolderCard({ folder, onChanged }: { folder: TopFolder; onChanged: () => void }) {
  const { messages } = useLocale();
  const words = messages.home;
  const documents = folder.documents.edges.map(({ node }) => node);
  const total = folder.documents.totalCount ?? documents.length;
  return (
    <section className={classes.card} aria-labelledby={`folder-${folder.id}`}>
      <header className={classes.cardHead}>
        <IconFolder size={18} stroke={1.7} aria-hidden="true" className={classes.folderIcon} />
        <h2 id={`folder-${folder.id}`}>
          <Link to={`/folders/${folder.id}`}>{folder.name}</Link>
        </h2>
        <span className={classes.count}>{words.documents(total)}</span>
        <span className={classes.spacer} />
        <PermissionBadges permissions={folder.permissions} />
        <AddMenu folder={folder} onChanged={onChanged} />
      </header>
      <ContentRows
        folders={folder.folders.edges.map(({ node }) => node)}
        documents={documents.slice(0, SHOWN)}
        mayAdd={folder.permissions.includes("EDIT")}
      />
      {total > SHOWN ? (
        <Link className={classes.all} to={`/folders/${folder.id}`}>
          {words.openAll(total)}
        </Link>
      ) : null}
    </section>
  );
}
