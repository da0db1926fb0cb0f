import { isEmptyRoot, otherRoots } from "@onrecord/filing/roots";
import type { CollabSession } from "../../collab/collab-session.js";
import { useOf } from "../../collab/use-collab.js";
import { useLocale } from "../../i18n/locale.js";

/** The text that another editor keeps in a root of another name, where the page's own has nothing; null as a rule. */
export function useElsewhere(session: CollabSession, field: string): string | null {
  return useOf(session, ({ synced, doc }) => {
    if (!synced || !isEmptyRoot(doc, field)) return null;
    const roots = otherRoots(doc, field);
    return roots.length === 0 ? null : JSON.stringify(roots);
  });
}

/** Says that the page cannot edit the document, and shows what can be read of it. `roots` is what `useElsewhere` answers. */
export function Elsewhere({ roots }: { roots: string }) {
  const { messages } = useLocale();
  const found: ReturnType<typeof otherRoots> = JSON.parse(roots);
  return (
    <section className="elsewhere" role="alert">
      <h2 className="elsewhere-title">{messages.filing.elsewhereTitle}</h2>
      <p className="elsewhere-why">
        {messages.filing.elsewhere(found.map(({ name }) => `“${name}”`).join(", "))}
      </p>
      {found.map(({ name, words }) => (
        <pre key={name} className="elsewhere-words">
          {words}
        </pre>
      ))}
    </section>
  );
}
