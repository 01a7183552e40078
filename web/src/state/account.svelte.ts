// Who uses the page: an account that is made without a question when it is first needed, or the guest of one project.
import { identifyBy, Refused, Unreachable } from "../api/client";
import type { SignedIn } from "../api/views";
import { freshId } from "./fresh";
import { kept, keptInTab } from "./kept";

class Account {
  userId = $state(kept.get("user"));
  isRegistered = $state(kept.get("registered") === "yes");
  isGuest = $state(keptInTab.get("guest") !== null);

  get token(): string | null {
    return keptInTab.get("guest") ?? kept.get("token");
  }

  /** Makes sure that there is a token; of several tabs one asks. */
  async ensure(): Promise<void> {
    if (this.token) return;
    await alone(async () => {
      if (!this.token) this.signIn(await starter(), false);
    });
  }

  signIn(found: SignedIn, registered: boolean): void {
    kept.set("token", found.token);
    kept.set("user", found.user_id);
    kept.set("registered", registered ? "yes" : null);
    this.userId = found.user_id;
    this.isRegistered = registered;
  }

  signOut(): void {
    for (const name of ["token", "user", "registered", "session", "client"]) kept.set(name, null);
    keptInTab.set("guest", null);
    keptInTab.set("session", null);
  }

  /** A tab with the project of somebody else. */
  visit(token: string, session: string): void {
    keptInTab.set("guest", token);
    keptInTab.set("session", session);
    this.isGuest = true;
  }

  leave(): void {
    keptInTab.set("guest", null);
    keptInTab.set("session", null);
    this.isGuest = false;
  }

  async renew(refused: string): Promise<boolean> {
    if (this.isGuest || this.isRegistered) return false;
    return alone(async () => {
      if (kept.get("token") === refused) this.signIn(await starter(), false);
      return true;
    });
  }
}

async function starter(): Promise<SignedIn> {
  let client = kept.get("client");
  if (!client) kept.set("client", (client = freshId()));
  let response: Response;
  try {
    response = await fetch("/api/auth/anonymous-token", { method: "POST", headers: { "X-Client-Id": client } });
  } catch {
    throw new Unreachable();
  }
  const body = (await response.json()) as { code: number; message: string; data: SignedIn };
  if (!response.ok) throw new Refused(response.status, body.code, body.message);
  return body.data;
}

function alone<A>(work: () => Promise<A>): Promise<A> {
  return navigator.locks ? (navigator.locks.request("slimreel-token", work) as Promise<A>) : work();
}

export const account = new Account();
identifyBy({ token: async () => account.token, renew: (refused) => account.renew(refused) });
