import { ActionIcon, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import type { Locale } from "../i18n/format.js";
import { languages } from "../i18n/languages.js";
import { useLocale } from "../i18n/locale.js";
import classes from "./door.module.css";

/** The language and the look of the first page, without menus: those weigh more than all else on it. */
export function PlainSwitches() {
  const { locale, messages, setLocale } = useLocale();
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "light" ? "dark" : "light";
  const words = messages.shell.scheme;
  const label = `${words.label}: ${words[other]}`;
  const Icon = other === "dark" ? IconMoon : IconSun;
  return (
    <>
      {(Object.keys(languages) as Locale[])
        .filter((one) => one !== locale)
        .map((one) => (
          <UnstyledButton
            key={one}
            lang={one}
            className={classes.language ?? ""}
            onClick={() => setLocale(one)}
          >
            {languages[one]}
          </UnstyledButton>
        ))}
      <ActionIcon aria-label={label} title={label} onClick={() => setColorScheme(other)}>
        <Icon size={18} stroke={1.7} />
      </ActionIcon>
    </>
  );
}
