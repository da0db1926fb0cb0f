import { signIn } from "../../session/auth.js";
import { tellOtherTabs } from "../../session/other-tabs.js";

/**
 * Signs in to an account whose password was just set, and goes on to a page of the app. It is loaded anew and takes the place of this one:
 * nothing of whom the browser knew before stays in memory, and Back does not lead to a secret that is used up.
 */
export async function enter(email: string, password: string, to: string): Promise<void> {
  const became = await signIn(email, password);
  if (became === "signed-in") tellOtherTabs();
  window.location.replace(became === "signed-in" ? to : "/sign-in");
}
