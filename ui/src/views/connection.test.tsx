/** The check of the connection, and whom to trust: each hop as it comes, what stops it, what to do. */
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Hop } from "../bindings/Hop";
import * as data from "../test/data";
import { refuse, type Answers } from "../test/fake";
import { press, showApp } from "../test/show";

const tells = (hops: Hop[]): Answers => ({
  doctor: (_, tell) => {
    hops.forEach(tell);
    return hops;
  },
});
const states = () => screen.getAllByTestId("hop").map((h) => h.dataset["state"]);

describe("the check of the connection", () => {
  it("tries nothing before it is asked to, then tells every hop", async () => {
    const { host, user } = showApp(tells(data.hops()));
    await press(user, "settings");
    await screen.findByTestId("check-connection");
    expect(host.asked("doctor")).toEqual([]);
    await press(user, "check-connection");
    expect((await screen.findByTestId("check-verdict")).textContent).toContain("Tout répond");
    expect(states()).toEqual(data.hops().map(() => "passed"));
  });

  it("tells hops while it goes on, and stops when asked", async () => {
    let stop: (thrown: unknown) => void = () => undefined;
    const { host, user } = showApp({
      doctor: (_, tell) => {
        data.hops().slice(0, 4).forEach(tell);
        return new Promise((_answer, refused) => (stop = refused));
      },
      cancel: () => {
        stop(data.failure("CANCELLED", "Interrompu à votre demande.", "Stopped, as you asked."));
        return null;
      },
    });
    await press(user, "settings", "check-connection");
    await waitFor(() => expect(states()).toHaveLength(4));
    await press(user, "stop-check");
    await screen.findByTestId("check-stopped");
    expect(host.asked("cancel").at(-1)).toEqual({ call: host.asked("doctor")[0]?.["call"] });
    expect(states()).toHaveLength(4);
  });

  it("names the hop that fails, says what to do, and does it", async () => {
    const { host, user } = showApp(tells(data.hops(data.UNTRUSTED)));
    await press(user, "settings", "check-connection");
    const verdict = await screen.findByTestId("check-verdict");
    expect(verdict.textContent).toContain("Cela s’arrête ici : Certificat");
    expect(verdict.textContent).toContain("demandez son certificat racine");
    expect(states().filter((s) => s === "notTried")).toHaveLength(4);
    await press(user, "check-choose-authorities");
    await waitFor(() => expect(host.asked("choose_authorities")).toHaveLength(1));
    expect(await screen.findByTestId("authorities-file")).toBeTruthy();
  });

  it("leads to the accounts where nobody is signed in", async () => {
    const { user } = showApp(tells(data.hops(data.NOBODY)));
    await press(user, "settings", "check-connection", "check-sign-in");
    await screen.findByTestId("sign-in-browser");
  });

  it("says why it cannot be made", async () => {
    const { user } = showApp({ doctor: refuse(data.failure("ACCOUNT_UNKNOWN", "Aucun compte.", "No such account.")) });
    await press(user, "settings", "check-connection");
    expect((await screen.findByTestId("failure")).dataset["code"]).toBe("ACCOUNT_UNKNOWN");
  });
});

describe("a private authority", () => {
  it("comes from a dialog, is shown, and is given up", async () => {
    const { host, user } = showApp();
    await press(user, "settings");
    expect(within(await screen.findByTestId("authorities")).getByText("Celles du système seulement")).toBeTruthy();
    await press(user, "choose-authorities");
    await waitFor(() => expect(screen.getByTestId("authorities").textContent).toContain("2 certificats"));
    expect(host.asked("choose_authorities")).toEqual([{}]);
    await press(user, "remove-authorities");
    await waitFor(() => expect(host.asked("set_network")).toEqual([{ proxy: null, pac: null, proxy_username: null, ca_file: null }]));
    await waitFor(() => expect(screen.queryByTestId("authorities-file")).toBeNull());
  });

  it("that is none is refused in words", async () => {
    const { user } = showApp({ choose_authorities: refuse(data.failure("CA_FILE", "« note.txt » n’est pas un certificat.", "`note.txt` is no certificate.")) });
    await press(user, "settings", "choose-authorities");
    expect((await screen.findByTestId("failure")).dataset["code"]).toBe("CA_FILE");
  });

  it("that the environment fixes is shown and not changed", async () => {
    const { user } = showApp({ network: () => ({ ...data.trusting, authorities: { ...data.trusted, fixed: true } }) });
    await press(user, "settings");
    expect((await screen.findByTestId("authorities")).textContent).toContain("QUAI_CA_FILE");
    expect(screen.queryByTestId("choose-authorities")).toBeNull();
  });
});
