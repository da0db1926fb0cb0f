import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { type AccessLevel, GrantFirmAccessDocument, PeopleNamedDocument } from "@onrecord/schema/generated";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";
import { peopleFault } from "../../api/people-fault.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { useSettled } from "../../ui/use-settled.js";
import { FaultAlert } from "./fault-alert.js";
import { endOfDay } from "./last-day.js";
import type { Firm } from "./use-firm.js";

const levels: readonly AccessLevel[] = ["VIEW", "DOWNLOAD", "COMMENT", "EDIT", "MANAGE"];
const FOUND = 20;

type Kind = "person" | "department" | "role";

interface GiveAccessModalProps {
  readonly firm: Firm;
  readonly onDone: (name: string) => void;
  readonly onClose: () => void;
}

/** Asks to whom, how far and until when everything is opened. */
export function GiveAccessModal({ firm, onDone, onClose }: GiveAccessModalProps) {
  const { messages } = useLocale();
  const words = usePeopleWords();
  const { access } = words;
  const [kind, setKind] = useState<Kind>("person");
  const [principalId, setPrincipalId] = useState<string | null>(null);
  const [level, setLevel] = useState<AccessLevel>("VIEW");
  const [until, setUntil] = useState("");
  const [faults, setFaults] = useState<{
    principal?: string;
    level?: string;
    until?: string;
    whole?: string;
  }>({});
  const [{ fetching }, grant] = useMutation(GrantFirmAccessDocument);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setFaults(principalId === null ? { principal: access.need } : {});
    if (principalId === null) return;
    const expiresAt = endOfDay(until);
    const { data, error } = await grant({
      input: { principalId, level, ...(expiresAt ? { expiresAt } : {}) },
    });
    if (data) return onDone(data.grantFirmAccess.principalName);
    if (!error) return;
    const { field, sentence } = peopleFault(error, words, messages.errors);
    const at = field === "principal" || field === "level" || field === "until" ? field : "whole";
    setFaults({ [at]: sentence });
  };

  return (
    <Modal opened onClose={onClose} title={access.giveTitle}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap={13}>
          <FaultAlert sentence={faults.whole ?? null} />
          <Text size="sm" lh={1.55}>
            {access.giveText}
          </Text>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label={access.to}
            data={Object.entries(access.kinds).map(([value, label]) => ({ value, label }))}
            value={kind}
            onChange={(chosen) => {
              setKind(chosen as Kind);
              setPrincipalId(null);
            }}
          />
          {kind === "person" ? (
            <PersonSelect value={principalId} error={faults.principal} onChange={setPrincipalId} />
          ) : (
            <Select
              key={kind}
              label={access[kind]}
              data={
                kind === "department"
                  ? firm.departments.map(({ row, path }) => ({ value: row.id, label: path }))
                  : firm.roles.map(({ id, name }) => ({ value: id, label: name }))
              }
              value={principalId}
              error={faults.principal}
              searchable
              onChange={setPrincipalId}
            />
          )}
          <Select
            label={access.level}
            description={access.levelHint}
            data={levels.map((value) => ({ value, label: access.levels[value] }))}
            value={level}
            error={faults.level}
            allowDeselect={false}
            onChange={(chosen) => setLevel((chosen ?? "VIEW") as AccessLevel)}
          />
          <TextInput
            type="date"
            label={access.until}
            description={access.untilHint}
            value={until}
            error={faults.until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        </Stack>
        <Group justify="flex-end" gap={8} mt={18}>
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={fetching}>
            {access.give}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

interface PersonSelectProps {
  readonly value: string | null;
  readonly error: string | undefined;
  readonly onChange: (id: string | null) => void;
}

/** Somebody who can sign in, found by a part of the name or address. */
function PersonSelect({ value, error, onChange }: PersonSelectProps) {
  const words = usePeopleWords().access;
  const [text, setText] = useState("");
  const settled = useSettled(text, 250);
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null);
  const asked = chosen !== null && settled === chosen.label ? "" : settled.trim();
  const [{ data }] = useReading({
    query: PeopleNamedDocument,
    variables: { filter: { statuses: ["ACTIVE"], ...(asked === "" ? {} : { text: asked }) }, first: FOUND },
  });
  const found =
    data?.users.edges.map(({ node }) => ({
      value: node.id,
      label: node.email === null ? node.name : `${node.name} (${node.email})`,
    })) ?? [];
  const options =
    chosen !== null && !found.some((one) => one.value === chosen.value) ? [chosen, ...found] : found;
  return (
    <Select
      data-autofocus
      label={words.person}
      description={words.personHint}
      data={options}
      // The server has looked already, also in what is not shown.
      filter={({ options: all }) => all}
      nothingFoundMessage={words.nobodyFound}
      value={value}
      error={error}
      searchable
      searchValue={text}
      onSearchChange={setText}
      onChange={(id) => {
        setChosen(options.find((one) => one.value === id) ?? null);
        onChange(id);
      }}
    />
  );
}
