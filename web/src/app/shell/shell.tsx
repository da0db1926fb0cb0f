import "../theme/controls.js";
import { Loader } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { Navigate, Outlet, useLocation } from "react-router";
import { SignInAgain } from "../../features/sign-in/sign-in-again.js";
import { useLocale } from "../../i18n/locale.js";
import { useSession } from "../../session/session.js";
import { ProblemView } from "../../ui/problem-view.js";
import { WhereProvider } from "../../ui/where.js";
import { Header } from "./header.js";
import classes from "./shell.module.css";

/** The frame of every page that needs to know who is looking. */
export function Shell() {
  const { state, refresh } = useSession();
  const { messages } = useLocale();
  const here = useLocation();
  switch (state.kind) {
    case "loading":
      return (
        <div className={classes.splash}>
          <Loader size="sm" aria-label={messages.common.loading} />
        </div>
      );
    case "unreachable":
      return (
        <div className={classes.splash}>
          <ProblemView problem={{ kind: "unreachable" }} onRetry={() => void refresh()} />
        </div>
      );
    case "anonymous":
      return <Navigate to={`/sign-in?next=${encodeURIComponent(here.pathname + here.search)}`} replace />;
    case "signed-in":
      return (
        <WhereProvider>
          <Notifications position="bottom-left" limit={3} />
          <div className={classes.shell}>
            <a className="skip-link" href="#content">
              {messages.shell.skip}
            </a>
            <Header />
            <main id="content" className={classes.content} tabIndex={-1}>
              <Outlet />
            </main>
          </div>
          {state.ended !== null && state.asking ? <SignInAgain me={state.me} ended={state.ended} /> : null}
        </WhereProvider>
      );
  }
}
