import { Button } from "@mantine/core";
import { type DocumentRowFragment, FolderPageDocument } from "@onrecord/schema/generated";
import { useState } from "react";
import { useParams } from "react-router";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { NotFoundPage } from "../../ui/not-found.js";
import { PermissionBadges } from "../../ui/permission-badges.js";
import { ProblemView } from "../../ui/problem-view.js";
import { useTitle } from "../../ui/use-title.js";
import { useTellWhere } from "../../ui/where.js";
import { AddMenu } from "./add-menu.js";
import { ContentRows } from "./content-rows.js";
import { folderSteps } from "./folder-steps.js";
import classes from "./home.module.css";

const PAGE = 100;

/** One folder with all that is in it. */
export function FolderPage() {
  const { id = "" } = useParams();
  const { messages } = useLocale();
  const [after, setAfter] = useState<string | null>(null);
  const [before, setBefore] = useState<readonly DocumentRowFragment[]>([]);
  const [{ data, error, fetching }, reload] = useReading({
    query: FolderPageDocument,
    variables: { id, first: PAGE, after },
  });
  const folder = data?.folder;
  useTitle(folder?.name ?? null);
  useTellWhere(folder ? [...folderSteps(folder.parent), { label: folder.name, to: null }] : []);

  if (error && !folder) {
    const problem = problemOf(error);
    return problem.kind === "not-found" ? (
      <NotFoundPage />
    ) : (
      <ProblemView problem={problem} onRetry={reload} />
    );
  }
  if (!folder) return fetching ? <LinesLoading rows={8} /> : <NotFoundPage />;
  const seen = new Set(before.map((document) => document.id));
  const page = folder.documents.edges.map(({ node }) => node);
  const documents = [...before, ...page.filter((document) => !seen.has(document.id))];
  const more = () => {
    setBefore(documents);
    setAfter(folder.documents.pageInfo.endCursor);
  };
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1>{folder.name}</h1>
        <PermissionBadges permissions={folder.permissions} />
        <span className={classes.spacer} />
        <AddMenu folder={folder} onChanged={reload} />
      </div>
      <section className={classes.card}>
        <ContentRows
          folders={folder.folders.edges.map(({ node }) => node)}
          documents={documents}
          mayAdd={folder.permissions.includes("EDIT")}
        />
      </section>
      {folder.documents.pageInfo.hasNextPage ? (
        <Button variant="default" mt={12} loading={fetching} onClick={more}>
          {messages.common.more}
        </Button>
      ) : null}
    </div>
  );
}
