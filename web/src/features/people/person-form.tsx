import { Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  CreateUserDocument,
  type CreateUserMutation,
  type PersonRowFragment,
  UpdateUserDocument,
} from "@onrecord/schema/generated";
import { type FormEvent, useState } from "react";
import { useMutation } from "urql";
import { type FaultField, peopleFault } from "../../api/people-fault.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { FaultAlert } from "./fault-alert.js";
import { lastDayOf } from "./last-day.js";
import classes from "./people.module.css";
import { changeTo, creation, draftOf, type PersonDraft } from "./person-draft.js";
import type { Firm } from "./use-firm.js";

/** Somebody who was made, with the link that is shown once. */
export type MadePerson = CreateUserMutation["createUser"];

interface PersonFormProps {
  /** Null or left out: somebody new. */
  readonly person?: PersonRowFragment | null;
  readonly firm: Firm;
  readonly onMade?: (made: MadePerson) => void;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

type Faults = Partial<Record<FaultField | "whole", string>>;

/** Makes somebody, or changes what they are in the firm. */
export function PersonForm({ person = null, firm, onMade, onDone, onClose }: PersonFormProps) {
  const { messages } = useLocale();
  const words = usePeopleWords();
  const { form } = words;
  const [draft, setDraft] = useState(() => draftOf(person));
  const [faults, setFaults] = useState<Faults>({});
  const [made, create] = useMutation(CreateUserDocument);
  const [changed, update] = useMutation(UpdateUserDocument);
  const guest = person?.kind === "GUEST";
  const set = (part: Partial<PersonDraft>) => setDraft((before) => ({ ...before, ...part }));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found: Faults = {
      ...(draft.email.trim() === "" ? { email: form.needEmail } : {}),
      ...(draft.name.trim() === "" ? { name: form.needName } : {}),
      ...(guest && draft.until === "" ? { until: form.needUntil } : {}),
      ...(draft.until !== draftOf(person).until && draft.until !== "" && draft.until < today()
        ? { until: form.past }
        : {}),
    };
    setFaults(found);
    if (Object.keys(found).length > 0) return;
    const error = person === null ? await make() : await change(person);
    if (!error) return;
    const { field, sentence } = peopleFault(error, words, messages.errors);
    setFaults({ [field !== null && shown(field) ? field : "whole"]: sentence });
  };
  const make = async () => {
    const { data, error } = await create({ input: creation(draft) });
    if (data) onMade?.(data.createUser);
    return error;
  };
  const change = async (known: PersonRowFragment) => {
    const input = changeTo(known, draft);
    if (input === null) return void onClose();
    const { data, error } = await update({ input });
    if (!data) return error;
    notifications.show({ message: form.changed(data.updateUser.name) });
    onDone();
  };

  return (
    <Modal opened onClose={onClose} title={person === null ? form.newTitle : form.editTitle(person.name)}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap={13}>
          <FaultAlert sentence={faults.whole ?? null} />
          <TextInput
            data-autofocus
            label={form.email}
            description={person === null ? form.emailHint : form.emailChanges}
            type="email"
            autoComplete="off"
            value={draft.email}
            error={faults.email}
            onChange={(event) => set({ email: event.currentTarget.value })}
          />
          <TextInput
            label={form.name}
            autoComplete="off"
            value={draft.name}
            error={faults.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <TextInput
            label={form.title}
            autoComplete="off"
            value={draft.title}
            error={faults.title}
            onChange={(event) => set({ title: event.currentTarget.value })}
          />
          {guest ? (
            <Text size="sm" c="dimmed">
              {form.guest}
            </Text>
          ) : (
            <Place firm={firm} person={person} draft={draft} faults={faults} onChange={set} />
          )}
          <TextInput
            type="date"
            label={form.until}
            description={guest ? form.untilGuest : form.untilHint}
            value={draft.until}
            error={faults.until}
            onChange={(event) => set({ until: event.currentTarget.value })}
          />
        </Stack>
        <Group justify="flex-end" gap={8} mt={18}>
          <Button variant="default" onClick={onClose}>
            {messages.common.cancel}
          </Button>
          <Button type="submit" loading={made.fetching || changed.fetching}>
            {person === null ? form.create : words.save}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

interface PlaceProps {
  readonly firm: Firm;
  readonly person: PersonRowFragment | null;
  readonly draft: PersonDraft;
  readonly faults: Faults;
  readonly onChange: (part: Partial<PersonDraft>) => void;
}

/** The department and the roles. */
function Place({ firm, person, draft, faults, onChange }: PlaceProps) {
  const words = usePeopleWords().form;
  const departments = firm.departments.map(({ row, path }) => ({ value: row.id, label: path }));
  const own = person?.department;
  if (own && !departments.some(({ value }) => value === own.id))
    departments.push({ value: own.id, label: words.closedDepartment(own.name) });
  const given = person?.roles ?? [];
  const roles = [...firm.roles, ...given.filter(({ id }) => !firm.roles.some((role) => role.id === id))];
  const unread = firm.state === "loading" || firm.state === "ready" ? null : words.notRead;
  return (
    <>
      <Select
        label={words.department}
        placeholder={words.none}
        data={departments}
        value={draft.departmentId}
        error={faults.department ?? unread}
        searchable
        clearable
        onChange={(departmentId) => onChange({ departmentId })}
      />
      <Checkbox.Group
        label={words.roles}
        value={[...draft.roleIds]}
        error={faults.roles}
        onChange={(roleIds) => onChange({ roleIds })}
      >
        <div className={classes.roleChoices}>
          {roles.map(({ id, name }) => (
            <Checkbox key={id} size="xs" value={id} label={name} />
          ))}
          {roles.length === 0 && firm.state === "ready" ? (
            <span className={classes.quiet}>{words.noRoles}</span>
          ) : null}
        </div>
      </Checkbox.Group>
    </>
  );
}

/** Fields that this form shows; what is about another one is said over the whole. */
function shown(field: FaultField): boolean {
  return field !== "principal" && field !== "level";
}

function today(): string {
  return lastDayOf(new Date(Date.now() + 1).toISOString());
}
