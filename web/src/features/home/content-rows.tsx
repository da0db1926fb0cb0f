import type { DocumentRowFragment, FolderRowFragment } from "@onrecord/schema/generated";
import { IconFileText, IconFileTypography, IconFolder } from "@tabler/icons-react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { PermissionBadges } from "../../ui/permission-badges.js";
import classes from "./home.module.css";

interface ContentRowsProps {
  readonly folders: readonly FolderRowFragment[];
  readonly documents: readonly DocumentRowFragment[];
  readonly mayAdd: boolean;
}

/** What is in a folder, one row each. */
export function ContentRows({ folders, documents, mayAdd }: ContentRowsProps) {
  const { messages, format } = useLocale();
  const words = messages.home;
  if (folders.length + documents.length === 0) {
    return (
      <p className={classes.emptyFolder}>
        {words.emptyFolder}. {mayAdd ? words.emptyFolderCanAdd : words.emptyFolderHint}
      </p>
    );
  }
  return (
    <table className={classes.rows}>
      <thead>
        <tr>
          <th scope="col">{words.columns.title}</th>
          <th scope="col" className={classes.kind}>
            {words.columns.kind}
          </th>
          <th scope="col" className={classes.version}>
            {words.columns.version}
          </th>
          <th scope="col" className={classes.created}>
            {words.columns.created}
          </th>
          <th scope="col" className={classes.access}>
            {words.columns.access}
          </th>
        </tr>
      </thead>
      <tbody>
        {folders.map((folder) => (
          <tr key={folder.id}>
            <td>
              <Link to={`/folders/${folder.id}`} className={classes.rowLink}>
                <IconFolder size={17} stroke={1.6} aria-hidden="true" className={classes.folderIcon} />
                <span>{folder.name}</span>
              </Link>
            </td>
            <td className={classes.kind} />
            <td className={classes.version} />
            <td className={classes.created}>{format.date(folder.createdAt)}</td>
            <td className={classes.access}>
              <PermissionBadges permissions={folder.permissions} />
            </td>
          </tr>
        ))}
        {documents.map((document) => (
          <tr key={document.id}>
            <td>
              <Link to={`/documents/${document.id}`} className={classes.rowLink}>
                <KindIcon kind={document.kind} />
                <span>{document.title}</span>
              </Link>
            </td>
            <td className={classes.kind}>{words.kinds[document.kind]}</td>
            <td className={`${classes.version} tabular`}>{format.number(document.version)}</td>
            <td
              className={classes.created}
              title={document.createdBy ? words.createdBy(document.createdBy.name) : undefined}
            >
              {format.date(document.createdAt)}
            </td>
            <td className={classes.access}>
              <PermissionBadges permissions={document.permissions} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function KindIcon({ kind }: { kind: DocumentRowFragment["kind"] }) {
  const Icon = kind === "FILING" ? IconFileTypography : IconFileText;
  return <Icon size={17} stroke={1.6} aria-hidden="true" className={classes.documentIcon} />;
}
