import { ActionIcon, Indicator, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { AlertFilter } from "@onrecord/schema/generated";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { plainSentence } from "../record/sentence.js";
import { ruleName } from "./rule-name.js";
import { useAlerts } from "./use-alerts.js";

const open: AlertFilter = { statuses: ["OPEN"] };

/** How many alerts are open, at every moment; a grave one also says so in words. */
export function AlertBell({ icon }: { icon: ReactNode }) {
  const { messages, format } = useLocale();
  const { total } = useAlerts(open, 1, (raised) => {
    for (const { id, rule, severity, entry } of raised) {
      if (severity !== "HIGH" && severity !== "CRITICAL") continue;
      notifications.show({
        id,
        color: "red",
        title: `${messages.alerts.severity[severity]} · ${ruleName(rule, messages)}`,
        message: plainSentence(entry, { messages, number: format.number }),
        autoClose: 9_000,
      });
    }
  });
  const count = total ?? 0;
  const label = messages.shell.openAlerts(count);
  return (
    <Tooltip label={label}>
      <Indicator
        inline
        color="red"
        size={15}
        offset={5}
        label={count > 99 ? "99+" : count}
        disabled={count === 0}
      >
        <ActionIcon component={Link} to="/alerts" aria-label={`${messages.shell.alerts}: ${label}`}>
          {icon}
        </ActionIcon>
      </Indicator>
    </Tooltip>
  );
}
