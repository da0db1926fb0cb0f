import { Button, MultiSelect, Pill, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { Outcome } from "@onrecord/schema/generated";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { isEmpty, type Named, noFilter, type RecordFilter } from "./filter.js";
import classes from "./record.module.css";

/** The questions that can be asked of the record. */
export function FilterBar({
  filter,
  onChange,
}: {
  filter: RecordFilter;
  onChange: (filter: RecordFilter) => void;
}) {
  const { messages } = useLocale();
  const words = messages.record;
  const [text, setText] = useState(filter.text);
  // Each question to the record is itself recorded: one is asked when typing rests, not for every letter.
  const search = useDebouncedCallback((typed: string) => onChange({ ...filter, text: typed }), 500);
  useEffect(() => setText(filter.text), [filter.text]);
  const actions = Object.entries(words.labels).map(([value, label]) => ({ value, label }));
  const outcomes = Object.entries(words.outcomes).map(([value, label]) => ({ value, label }));
  return (
    <search className={classes.filters}>
      <TextInput
        size="xs"
        className={classes.search ?? ""}
        aria-label={words.search}
        placeholder={words.search}
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          search(currentTarget.value);
        }}
      />
      <MultiSelect
        size="xs"
        className={classes.actionsFilter ?? ""}
        aria-label={words.actions}
        placeholder={filter.actions.length === 0 ? words.anyAction : ""}
        data={actions}
        value={[...filter.actions]}
        onChange={(chosen) => onChange({ ...filter, actions: chosen })}
        searchable
        clearable
        hidePickedOptions
      />
      <Select
        size="xs"
        w={136}
        aria-label={words.outcome}
        placeholder={words.anyOutcome}
        data={outcomes}
        value={filter.outcome}
        onChange={(chosen) => onChange({ ...filter, outcome: chosen as Outcome | null })}
        clearable
      />
      <Time label={words.from} value={filter.from} onChange={(from) => onChange({ ...filter, from })} />
      <Time label={words.to} value={filter.to} onChange={(to) => onChange({ ...filter, to })} />
      <Chosen label={words.by} value={filter.actor} onRemove={() => onChange({ ...filter, actor: null })} />
      <Chosen
        label={words.about}
        value={filter.object}
        onRemove={() => onChange({ ...filter, object: null })}
      />
      {isEmpty(filter) ? null : (
        <Button variant="subtle" leftSection={<IconX size={13} />} onClick={() => onChange(noFilter)}>
          {words.clear}
        </Button>
      )}
    </search>
  );
}

function Time({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
}) {
  return (
    <TextInput
      size="xs"
      type="datetime-local"
      w={204}
      aria-label={label}
      leftSection={<span className={classes.timeLabel}>{label}</span>}
      leftSectionWidth={44}
      value={value ?? ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value || null)}
    />
  );
}

function Chosen({
  label,
  value,
  onRemove,
}: {
  label: (name: string) => string;
  value: Named | null;
  onRemove: () => void;
}) {
  const { messages } = useLocale();
  if (value === null) return null;
  return (
    <Pill
      size="md"
      withRemoveButton
      onRemove={onRemove}
      removeButtonProps={{ "aria-label": messages.record.removeFilter }}
    >
      {label(value.name)}
    </Pill>
  );
}
