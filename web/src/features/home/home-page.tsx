import { Button } from "@mantine/core";
import { HomeDocument } from "@onrecord/schema/generated";
import { IconFolderPlus, IconFolders } from "@tabler/icons-react";
import { useState } from "react";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { useCapability } from "../../session/session.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { ProblemView } from "../../ui/problem-view.js";
import { useTitle } from "../../ui/use-title.js";
import { CreateModal } from "./create-modal.js";
import { FolderCard } from "./folder-card.js";
import classes from "./home.module.css";

/** All that was shared with me: the top folders, each with what is in it. */
export function HomePage() {
  const { messages } = useLocale();
  const words = messages.home;
  const mayCreate = useCapability("CREATE_TOP_FOLDER");
  const [creating, setCreating] = useState(false);
  const [{ data, error, fetching }, reload] = useReading({ query: HomeDocument, variables: { first: 50 } });
  useTitle(words.title);

  const folders = data?.folders.edges.map(({ node }) => node) ?? [];
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1>{words.title}</h1>
        {mayCreate ? (
          <Button
            variant="default"
            leftSection={<IconFolderPlus size={15} />}
            onClick={() => setCreating(true)}
          >
            {words.newFolder}
          </Button>
        ) : null}
      </div>
      {error && !data ? <ProblemView problem={problemOf(error)} onRetry={reload} /> : null}
      {fetching && !data ? <LinesLoading /> : null}
      {data && folders.length === 0 ? (
        <Blank icon={<IconFolders size={26} />} title={words.empty} hint={words.emptyHint} />
      ) : null}
      <div className={classes.folders}>
        {folders.map((folder) => (
          <FolderCard key={folder.id} folder={folder} onChanged={reload} />
        ))}
      </div>
      {creating ? (
        <CreateModal kind="folder" parent={null} onClose={() => setCreating(false)} onCreated={reload} />
      ) : null}
    </div>
  );
}
