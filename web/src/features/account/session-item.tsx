import { Badge, Button } from "@mantine/core";
import type { MySessionsQuery } from "@onrecord/schema/generated";
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from "@tabler/icons-react";
import type { Messages } from "../../i18n/en.js";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import classes from "./account.module.css";
import { deviceOf } from "./device-name.js";

/** A session of mine. */
export type MySession = MySessionsQuery["mySessions"]["edges"][number]["node"];

/** What stands for a program that is no browser, in characters. */
const SHOWN = 60;

interface SessionItemProps {
  readonly session: MySession;
  readonly ending: boolean;
  readonly onEnd: () => void;
}

/** One session: on what it runs, from where it came, when it was used, and the way to end it. */
export function SessionItem({ session, ending, onEnd }: SessionItemProps) {
  const { messages, format } = useLocale();
  const words = messages.account;
  const name = nameOf(session, words);
  return (
    <li className={classes.item} data-current={session.current || undefined}>
      <span className={classes.mark} aria-hidden="true">
        <Mark session={session} />
      </span>
      <div className={classes.what}>
        <span className={classes.device}>
          <strong title={session.userAgent ?? undefined}>{name}</strong>
          {session.current ? (
            <Badge size="sm" variant="light" color="green">
              {words.thisSession}
            </Badge>
          ) : null}
        </span>
        <span className={classes.facts}>
          <span>
            {words.lastUsed} <Moment at={session.lastUsedAt} />
          </span>
          <span>
            {words.started} <Moment at={session.createdAt} />
          </span>
          <span>{session.ip === null ? words.unknownAddress : words.from(session.ip)}</span>
        </span>
      </div>
      {session.current ? null : (
        <Button
          variant="default"
          size="xs"
          loading={ending}
          aria-label={words.endNamed(name, format.full(session.createdAt))}
          onClick={onEnd}
        >
          {words.end}
        </Button>
      )}
    </li>
  );
}

function Mark({ session: { kind, userAgent } }: { session: MySession }) {
  const device = userAgent === null ? null : deviceOf(userAgent);
  if (kind === "TOKEN" || device === null) return <IconTerminal2 size={18} stroke={1.7} />;
  const small = device.system === "iPhone" || device.system === "Android" || device.system === "iPad";
  return small ? <IconDeviceMobile size={18} stroke={1.7} /> : <IconDeviceDesktop size={18} stroke={1.7} />;
}

function nameOf({ kind, userAgent }: MySession, words: Messages["account"]): string {
  if (kind === "TOKEN") return words.token;
  if (userAgent === null || userAgent === "") return words.unknownDevice;
  const device = deviceOf(userAgent);
  if (device === null) return userAgent.length > SHOWN ? `${userAgent.slice(0, SHOWN)}…` : userAgent;
  return device.system === null ? device.browser : words.on(device.browser, device.system);
}
