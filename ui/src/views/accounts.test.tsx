/** Signing in and out, and who one is since. */
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../test/data";
import { never } from "../test/fake";
import { press, showApp } from "../test/show";

describe("accounts", () => {
  it("are signed in by the browser, and the frame tells who one is since", async () => {
    let signedIn = false;
    const { host, user } = showApp({
      here: () => (signedIn ? data.account : data.sandbox),
      sign_in: () => {
        signedIn = true;
        return data.someone;
      },
    });
    await press(user, "where", "sign-in-browser");
    await waitFor(() => expect(screen.getByTestId("where").textContent).toContain("Val d’Orne"));
    expect(host.asked("sign_in")[0]).toMatchObject({ profile: "production", keep: "keychain", open: true });
  });

  it("give the address when no browser opens, and can be given up", async () => {
    const { host, user } = showApp({
      sign_in: (_, tell) => {
        tell({ type: "awaited", url: "https://sso.example/a", opened: false });
        return never({}, () => undefined);
      },
    });
    await press(user, "where", "sign-in-browser");
    await screen.findByTestId("signing-in");
    expect(screen.getByDisplayValue("https://sso.example/a")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Annuler" }));
    expect(host.asked("cancel").length).toBe(1);
  });

  it("are changed and left by name", async () => {
    const { host, user } = showApp({
      accounts: () => ({ current: "sandbox", accounts: [data.someone], keychain: null, file_open: false }),
    });
    await press(user, "where", "use-account");
    await waitFor(() => expect(host.asked("use_account")).toEqual([{ account: "production/camille" }]));
    await press(user, "sign-out");
    await waitFor(() => expect(host.asked("sign_out")).toEqual([{ account: "production/camille", browser: true }]));
  });

  it("sign in again as themselves, and where they were kept", async () => {
    const { host, user } = showApp({
      accounts: () => ({ current: "production/camille", accounts: [{ ...data.someone, keep: "file" }], keychain: null, file_open: true }),
    });
    await press(user, "where", "again");
    await waitFor(() => expect(host.asked("sign_in")[0]).toMatchObject({ profile: "production", account: "production/camille", keep: "file" }));
  });

  it("are kept for this run, or in a file under a passphrase, where there is no keychain", async () => {
    let open = false;
    const { host, user } = showApp({
      accounts: () => ({ current: "sandbox", accounts: [], keychain: "no bus", file_open: open }),
      unlock: () => {
        open = true;
        return null;
      },
    });
    await press(user, "where", "keep-file");
    const button = screen.getByTestId("sign-in-browser") as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    await user.type(screen.getByTestId("passphrase"), "une phrase{Enter}");
    await waitFor(() => expect(host.asked("unlock")).toEqual([{ passphrase: "une phrase" }]));
    await waitFor(() => expect(screen.queryByTestId("passphrase")).toBeNull());
    await press(user, "sign-in-browser");
    await waitFor(() => expect(host.asked("sign_in")[0]).toMatchObject({ keep: "file" }));
    expect(JSON.stringify(host.asked("sign_in"))).not.toContain("une phrase");
  });

  it("cannot be signed in where the profile is not whole", async () => {
    const { user } = showApp({ profiles: () => [{ ...data.profile, missing: ["l’identifiant du client", "the client id"] }] });
    await press(user, "where");
    expect(((await screen.findByTestId("sign-in-browser")) as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByTestId("sign-in").textContent).toContain("l’identifiant du client");
  });

  it("of a platform that was added by the page can be signed in", async () => {
    const { host, user } = showApp({ set_profile: (wanted) => [{ profile: data.profile.profile, missing: data.profile.missing }, { profile: wanted, missing: null }] });
    await press(user, "where");
    const form = within(await screen.findByTestId("add-profile"));
    const type = (field: string, text: string) => user.type(form.getByTestId(`profile-${field}`), text);
    await type("name", "mairie");
    await type("api", "https://mairie.example/api");
    await type("issuer", "https://sso.mairie.example");
    await type("client_id", "quai");
    await type("scopes", "offline_access email{Enter}");
    await waitFor(() => expect(host.asked("set_profile")[0]).toMatchObject({ name: "mairie", client_id: "quai", scopes: ["offline_access", "email"], token_url: null }));
    await waitFor(() => expect((document.querySelector("[data-profile=mairie]") as HTMLInputElement).checked).toBe(true));
    await press(user, "sign-in-browser");
    await waitFor(() => expect(host.asked("sign_in")[0]).toMatchObject({ profile: "mairie" }));
  });

  it("of a known platform wait for its client id, which the page takes", async () => {
    const { host, user } = showApp({ profiles: () => [{ ...data.profile, missing: ["l’identifiant du client", "the client id"] }] });
    await press(user, "where");
    const form = within(await screen.findByTestId("complete"));
    await user.clear(form.getByTestId("profile-client_id"));
    await user.type(form.getByTestId("profile-client_id"), "quai{Enter}");
    await waitFor(() => expect(host.asked("set_profile")[0]).toMatchObject({ ...data.profile.profile, client_id: "quai" }));
    await waitFor(() => expect((screen.getByTestId("sign-in-browser") as HTMLButtonElement).disabled).toBe(false));
  });

  it("that may not publish are told so", async () => {
    const { user } = showApp({ here: () => ({ ...data.account, communities: [{ community: "Val d’Orne", rights: ["UPLOAD"] }] }) });
    await press(user, "where");
    expect((await screen.findByTestId("account")).textContent).toContain("ne peut pas publier");
  });
});
