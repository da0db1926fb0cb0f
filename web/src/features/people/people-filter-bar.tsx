import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import type { UserStatus } from "@onrecord/schema/generated";
import { IconSearch, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import classes from "./people.module.css";
import { isOpen, type PeopleFilter } from "./people-filter.js";
import type { Firm } from "./use-firm.js";

const anybody: PeopleFilter = { text: "", status: null, department: null, role: null };

interface PeopleFilterBarProps {
  readonly firm: Firm;
  readonly filter: PeopleFilter;
  readonly onChange: (filter: PeopleFilter) => void;
}

/** Who is looked for. */
export function PeopleFilterBar({ firm, filter, onChange }: PeopleFilterBarProps) {
  const words = usePeopleWords();
  const { people } = words;
  const [text, setText] = useState(filter.text);
  // Asked when typing rests, not for every letter.
  const search = useDebouncedCallback((typed: string) => onChange({ ...filter, text: typed.trim() }), 350);
  useEffect(() => setText((typed) => (typed.trim() === filter.text ? typed : filter.text)), [filter.text]);
  return (
    <search className={classes.filters}>
      <TextInput
        size="xs"
        className={classes.search ?? ""}
        aria-label={people.search}
        placeholder={people.search}
        leftSection={<IconSearch size={14} />}
        maxLength={200}
        value={text}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          search(currentTarget.value);
        }}
      />
      <Select
        size="xs"
        className={classes.choice ?? ""}
        aria-label={people.anyStatus}
        placeholder={people.anyStatus}
        data={Object.entries(words.statuses).map(([value, label]) => ({ value, label }))}
        value={filter.status}
        onChange={(status) => onChange({ ...filter, status: status as UserStatus | null })}
        clearable
      />
      <Select
        size="xs"
        className={classes.choice ?? ""}
        aria-label={people.anyDepartment}
        placeholder={people.anyDepartment}
        data={firm.departments.map(({ row, path }) => ({ value: row.id, label: path }))}
        value={filter.department}
        onChange={(department) => onChange({ ...filter, department })}
        searchable
        clearable
      />
      <Select
        size="xs"
        className={classes.choice ?? ""}
        aria-label={people.anyRole}
        placeholder={people.anyRole}
        data={firm.roles.map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.role}
        onChange={(role) => onChange({ ...filter, role })}
        searchable
        clearable
      />
      {isOpen(filter) ? null : (
        <Button variant="subtle" leftSection={<IconX size={13} />} onClick={() => onChange(anybody)}>
          {people.clear}
        </Button>
      )}
    </search>
  );
}
