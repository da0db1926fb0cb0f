import { ActionIcon, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import { useLocale } from "../i18n/locale.js";

const schemes = [
  { value: "light", Icon: IconSun },
  { value: "dark", Icon: IconMoon },
  { value: "auto", Icon: IconDeviceDesktop },
] as const;

/** Chooses between the light desk, the dark desk and the system's. */
export function SchemeSwitch() {
  const { messages } = useLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const words = messages.shell.scheme;
  const Current = schemes.find(({ value }) => value === colorScheme)?.Icon ?? IconDeviceDesktop;
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={words.label}>
          <ActionIcon aria-label={words.label}>
            <Current size={18} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {schemes.map(({ value, Icon }) => (
          <Menu.Item
            key={value}
            leftSection={<Icon size={15} />}
            onClick={() => setColorScheme(value)}
            rightSection={value === colorScheme ? <IconCheck size={14} /> : null}
          >
            {words[value]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
