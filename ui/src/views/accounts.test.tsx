/** Signing in and out, and who one is since. */
import { screen, waitFor } from "@testing-library/react";
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

  it("cannot be signed in where the profile is not whole", async () => {
    const { user } = showApp({ profiles: () => [{ ...data.profile, missing: ["l’identifiant du client", "the client id"] }] });
    await press(user, "where");
    expect(((await screen.findByTestId("sign-in-browser")) as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByTestId("sign-in").textContent).toContain("l’identifiant du client");
  });

  it("that may not publish are told so", async () => {
    const { user } = showApp({ here: () => ({ ...data.account, communities: [{ community: "Val d’Orne", rights: ["UPLOAD"] }] }) });
    await press(user, "where");
    expect((await screen.findByTestId("account")).textContent).toContain("ne peut pas publier");
  });
});
