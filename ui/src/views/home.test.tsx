/** Home in each of its states. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../test/data";
import { never, refuse } from "../test/fake";
import { press, showApp } from "../test/show";

describe("home", () => {
  it("is one large drop zone the first time", async () => {
    showApp({ sheets: () => [], deliveries: () => [] });
    await waitFor(() => expect(screen.getByTestId("drop-zone").className).toContain("whole"));
    expect(screen.queryByTestId("sheet")).toBeNull();
  });

  it("says who and where one is, always", async () => {
    const { user } = showApp({ here: () => data.account });
    await waitFor(() => expect(screen.getByTestId("where").textContent).toContain("Val d’Orne"));
    await press(user, "settings");
    expect(screen.getByTestId("where").textContent).toContain("camille.durand@valdorne.fr");
  });

  it("lists datasheets with their states, and opens one", async () => {
    const { host, user } = showApp();
    const all = await screen.findAllByTestId("sheet");
    expect(all.map((s) => s.dataset["state"])).toEqual(["live", "working", "waiting", "unstable"]);
    await user.click(screen.getByRole("button", { name: "Adresses" }));
    await screen.findByTestId("remove");
    expect(host.asked("share")[0]).toMatchObject({ datasheet: "Adresses" });
  });

  it("waits with the shape of what will come", async () => {
    showApp({ sheets: never });
    expect(await screen.findByTestId("waiting")).toBeTruthy();
  });

  it.each([
    ["offline", data.FAILURES.offline, "offline"],
    ["signed out", data.FAILURES.signIn, "signIn"],
    ["without the right", data.FAILURES.noRight, "noRight"],
  ])("is drawn %s", async (_, failure, trouble) => {
    showApp({ sheets: refuse(failure), here: refuse(failure) });
    await waitFor(() => expect(screen.getByTestId("failure").dataset["trouble"]).toBe(trouble));
  });

  it("shows what runs, pauses it and goes on with what stopped", async () => {
    const { host, user } = showApp({ deliveries: () => [data.delivery("running"), data.delivery("failed", { id: "d2", failure: data.FAILURES.check })] });
    const cards = await screen.findAllByTestId("delivery-card");
    expect(cards.map((c) => c.dataset["state"])).toEqual(["running", "failed"]);
    await user.click(screen.getByRole("button", { name: /Mettre en pause/ }));
    expect(host.asked("pause")).toEqual([{ id: "d1" }]);
    await press(user, "resume-delivery");
    await waitFor(() => expect(host.asked("resume")).toEqual([{ id: "d2" }]));
  });

  it("opens again what was opened before, unless it is gone", async () => {
    const { host, user } = showApp({
      recent: () => [
        { name: "a.gpkg", paths: ["/a.gpkg"], when: 1, found: true },
        { name: "b.gpkg", paths: ["/b.gpkg"], when: 1, found: false },
      ],
    });
    expect(((await screen.findByText("b.gpkg")).closest("button") as HTMLButtonElement).disabled).toBe(true);
    await user.click(screen.getByText("a.gpkg"));
    await screen.findByTestId("journey");
    expect(host.asked("reopen")).toEqual([{ paths: ["/a.gpkg"] }]);
  });

  it("takes a drop anywhere, and shows that it will", async () => {
    const { host } = showApp();
    await screen.findByTestId("drop-zone");
    host.say("dragging", { over: true });
    await screen.findByText("Déposez pour commencer");
    host.say("dragging", { over: false });
    host.say("dropped", { paths: ["/a/CANTON.shp"] });
    expect((await screen.findByTestId("journey")).dataset["stage"]).toBe("inspect");
  });

  it("marks a quota that is full", async () => {
    showApp();
    const quotas = await screen.findByTestId("quotas");
    expect(quotas.textContent).toContain("plein");
    expect(screen.getAllByRole("meter")).toHaveLength(data.sandbox.quotas.length);
  });
});

describe("settings", () => {
  it("changes language and theme at once", async () => {
    const { host, user } = showApp();
    await press(user, "settings");
    await user.selectOptions(await screen.findByTestId("language"), "en");
    await screen.findByText("Appearance");
    expect(document.documentElement.lang).toBe("en");
    await user.selectOptions(screen.getByTestId("theme"), "dark");
    await waitFor(() => expect(document.documentElement.dataset["theme"]).toBe("dark"));
    expect(host.asked("set_preferences").at(-1)).toMatchObject({ language: "en", theme: "dark" });
  });

  it("says what the program is", async () => {
    const { user } = showApp();
    await press(user, "settings");
    await waitFor(() => expect(screen.getByTestId("about").textContent).toContain("3.6.2"));
  });
});

describe("a datasheet", () => {
  it("is taken down after a list of what goes, and only then", async () => {
    const { host, user } = showApp({ here: () => ({ ...data.account, shown: "camille (production)" }) });
    await user.click(await screen.findByRole("button", { name: "Cantons du Jura" }));
    await press(user, "remove");
    expect((await screen.findByTestId("remove-where")).textContent).toContain(`${data.account.datastore_name} · camille (production)`);
    expect(host.asked("delete")).toEqual([]);
    await press(user, "confirm-remove");
    await waitFor(() => expect(host.asked("delete")).toEqual([{ name: "Cantons du Jura" }]));
    await screen.findByTestId("drop-zone");
  });
});
