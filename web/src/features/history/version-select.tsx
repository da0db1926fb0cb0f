import { Select } from "@mantine/core";
import { useLocale } from "../../i18n/locale.js";
import type { VersionRow } from "../versions/group-versions.js";
import classes from "./history.module.css";

interface VersionSelectProps {
  readonly label: string;
  readonly value: number;
  readonly head: number;
  readonly named: readonly VersionRow[];
  readonly allows: (version: number) => boolean;
  readonly onChoose: (version: number) => void;
}

/** Chooses a version by its name, or one of those that need none: the first, the current, the empty document. */
export function VersionSelect({ label, value, head, named, allows, onChoose }: VersionSelectProps) {
  const { messages, format } = useLocale();
  const words = messages.past;
  const numbered = (version: number) => {
    if (version === 0) return words.emptyDocument;
    const number = format.number(version);
    return version === head ? words.current(number) : messages.versions.version(number);
  };
  const item = (version: number, text: string) => ({
    value: String(version),
    label: text,
    disabled: !allows(version),
  });
  const names = new Map(named.map((row) => [row.number, row.name ?? ""]));
  const others = [...new Set([head, value, 1, 0])].filter(
    (version) => version <= head && !names.has(version),
  );
  return (
    <Select
      size="xs"
      className={classes.select ?? ""}
      aria-label={label}
      searchable
      allowDeselect={false}
      maxDropdownHeight={320}
      comboboxProps={{ width: 260, position: "bottom-start" }}
      nothingFoundMessage={words.noVersionFound}
      data={[
        {
          group: words.named,
          items: named.map(({ number, name }) => item(number, `${name} · ${numbered(number)}`)),
        },
        { group: words.others, items: others.map((version) => item(version, numbered(version))) },
      ].filter(({ items }) => items.length > 0)}
      value={String(value)}
      onChange={(chosen) => chosen !== null && onChoose(Number(chosen))}
    />
  );
}
