import { Button, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FirmGrantFragment, FirmGrantsDocument, RevokeAccessDocument } from "@onrecord/schema/generated";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { ProblemView } from "../../ui/problem-view.js";
import { ConfirmModal } from "./confirm-modal.js";
import { GiveAccessModal } from "./give-access-modal.js";
import classes from "./people.module.css";
import { SectionHead } from "./section-head.js";
import type { Firm } from "./use-firm.js";
import { useFocus } from "./use-focus.js";

const HEADING = "access-heading";
const context = { additionalTypenames: ["Grant"] };

type Dialog = { kind: "give" } | { kind: "withdraw"; grant: FirmGrantFragment };

/** Who reaches everything in the firm; administrators give that, and take it back. */
export function FirmAccessSection({ firm }: { firm: Firm }) {
  const { format } = useLocale();
  const words = usePeopleWords();
  const { access } = words;
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const focus = useFocus(HEADING);
  const [{ data, error, fetching }, reload] = useReading({
    query: FirmGrantsDocument,
    variables: {},
    context,
  });
  const [, revoke] = useMutation(RevokeAccessDocument);
  const grants = data?.firmGrants ?? [];
  const done = (message: string) => {
    notifications.show({ message });
    setDialog(null);
    reload();
    focus();
  };
  const leave = () => {
    const id = dialog?.kind === "withdraw" ? `withdraw-${dialog.grant.id}` : `${HEADING}-new`;
    setDialog(null);
    focus(id);
  };

  return (
    <section aria-labelledby={HEADING}>
      <SectionHead
        id={HEADING}
        title={words.tabs.access}
        lead={access.lead}
        action={access.new}
        onAction={() => setDialog({ kind: "give" })}
      />
      <div className={classes.card}>
        {error && !data ? <ProblemView problem={problemOf(error)} onRetry={reload} /> : null}
        {fetching && !data ? <LinesLoading rows={3} /> : null}
        {data && grants.length === 0 ? (
          <Blank icon={<IconKey size={26} />} title={access.empty} hint={access.emptyHint} />
        ) : null}
        {grants.length > 0 ? (
          <ul className={classes.list} aria-label={words.tabs.access}>
            {grants.map((grant) => (
              <li key={grant.id} className={classes.line}>
                <span className={classes.role}>
                  <span className={classes.lineName}>{grant.principalName}</span>
                  <span className={classes.quiet}>
                    {access.levels[grant.level]}
                    {" · "}
                    {access.since(format.date(grant.grantedAt))}
                    {grant.expiresAt === null
                      ? null
                      : ` · ${words.people.until(format.date(new Date(Date.parse(grant.expiresAt) - 1).toISOString()))}`}
                  </span>
                </span>
                <Button
                  data-focus={`withdraw-${grant.id}`}
                  variant="default"
                  aria-label={access.withdrawOf(grant.principalName)}
                  onClick={() => setDialog({ kind: "withdraw", grant })}
                >
                  {access.withdraw}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      {dialog?.kind === "give" ? (
        <GiveAccessModal firm={firm} onDone={(name) => done(access.given(name))} onClose={leave} />
      ) : null}
      {dialog?.kind === "withdraw" ? (
        <ConfirmModal
          title={access.withdrawTitle(dialog.grant.principalName)}
          confirm={access.withdrawIt}
          danger
          onConfirm={() => revoke({ input: { grantId: dialog.grant.id } }, context)}
          onDone={() => done(access.withdrawn(dialog.grant.principalName))}
          onClose={leave}
        >
          <Text size="sm" lh={1.55}>
            {access.withdrawText}
          </Text>
        </ConfirmModal>
      ) : null}
    </section>
  );
}
