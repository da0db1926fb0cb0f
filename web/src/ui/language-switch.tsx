import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconCheck, IconLanguage } from "@tabler/icons-react";
import type { Locale } from "../i18n/format.js";
import { languages } from "../i18n/languages.js";
import { useLocale } from "../i18n/locale.js";

/** Chooses the language; each language calls itself by its own name. */
export function LanguageSwitch() {
  const { locale, messages, setLocale } = useLocale();
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={messages.shell.language}>
          <ActionIcon aria-label={messages.shell.language}>
            <IconLanguage size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(languages) as Locale[]).map((one) => (
          <Menu.Item
            key={one}
            lang={one}
            onClick={() => setLocale(one)}
            rightSection={one === locale ? <IconCheck size={14} /> : null}
          >
            {languages[one]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
