import { IconLock } from "@tabler/icons-react";
import { NavLink, useParams } from "react-router";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { useCapability } from "../../session/session.js";
import { Blank } from "../../ui/blank.js";
import { NotFoundPage } from "../../ui/not-found.js";
import { useTitle } from "../../ui/use-title.js";
import { useTellWhere } from "../../ui/where.js";
import { DepartmentsSection } from "./departments-section.js";
import { FirmAccessSection } from "./firm-access-section.js";
import classes from "./people.module.css";
import { PeopleSection } from "./people-section.js";
import { RolesSection } from "./roles-section.js";
import { useFirm } from "./use-firm.js";

const sections = ["people", "departments", "roles", "access"] as const;
type Section = (typeof sections)[number];

const addressOf = (section: Section) => (section === "people" ? "/people" : `/people/${section}`);

/** What administrators do: people, departments, roles, and who reaches everything. */
export function PeopleArea() {
  const words = usePeopleWords();
  const mayManage = useCapability("MANAGE_PEOPLE");
  const { section = "people" } = useParams();
  const here = sections.find((one) => one === section);
  const title = here ? words.tabs[here] : null;
  useTitle(title);
  useTellWhere(
    here === undefined || here === "people"
      ? [{ label: words.title, to: null }]
      : [
          { label: words.title, to: "/people" },
          { label: words.tabs[here], to: null },
        ],
  );
  if (!mayManage)
    return <Blank icon={<IconLock size={26} />} title={words.notAllowed} hint={words.notAllowedHint} />;
  if (here === undefined) return <NotFoundPage />;
  return (
    <div className={classes.page}>
      <nav className={classes.tabs} aria-label={words.sections}>
        {sections.map((one) => (
          <NavLink key={one} to={addressOf(one)} end className={classes.tab ?? ""}>
            {words.tabs[one]}
          </NavLink>
        ))}
      </nav>
      <Content section={here} />
    </div>
  );
}

function Content({ section }: { section: Section }) {
  const firm = useFirm();
  switch (section) {
    case "people":
      return <PeopleSection firm={firm} />;
    case "departments":
      return <DepartmentsSection firm={firm} />;
    case "roles":
      return <RolesSection firm={firm} />;
    case "access":
      return <FirmAccessSection firm={firm} />;
  }
}
