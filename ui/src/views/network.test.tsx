/** The network's settings: the proxy's password is given and never shown. */
import { screen, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { queryClient } from "../platform/queries";
import * as data from "../test/data";
import { refuse } from "../test/fake";
import { press, showApp } from "../test/show";

const set = { proxy: "http://proxy.example:3128", pac: null, proxy_username: "camille", ca_file: null };
const named = { ...set, proxy_password_kept: false, authorities: null };

it("sends the proxy's password once and keeps nothing of it", async () => {
  const { host, user } = showApp({ network: () => named });
  await press(user, "settings");
  const box = (await screen.findByTestId("proxy-password")) as HTMLInputElement;
  await user.type(box, "motdepasse");
  await press(user, "proxy-password-send");
  await waitFor(() => expect(host.asked("set_network")).toEqual([{ ...set, proxy_password: "motdepasse" }]));
  await waitFor(() => expect(box.placeholder).toBe("gardé dans le trousseau"));
  expect(box.value).toBe("");
  const held = [queryClient.getQueryCache().getAll().map((q) => q.state), queryClient.getMutationCache().getAll().map((m) => m.state)];
  expect(JSON.stringify(held)).not.toContain("motdepasse");
  expect(document.body.innerHTML).not.toContain("motdepasse");
});

it("takes no password before the name", async () => {
  const { user } = showApp({ network: () => ({ ...named, proxy_username: null }) });
  await press(user, "settings");
  expect(((await screen.findByTestId("proxy-password")) as HTMLInputElement).disabled).toBe(true);
});

it("says why a password could not be kept", async () => {
  const { user } = showApp({
    network: () => named,
    set_network: refuse(data.failure("NO_KEYCHAIN", "Le trousseau ne s’ouvre pas.", "The keychain does not open.")),
  });
  await press(user, "settings");
  await user.type(await screen.findByTestId("proxy-password"), "motdepasse{Enter}");
  await waitFor(() => expect(screen.getByTestId("failure").textContent).toContain("Le trousseau ne s’ouvre pas."));
});
