/** The whole journey, press by press, over an engine that answers from a table. */
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../test/data";
import { never, refuse } from "../test/fake";
import { press, showApp } from "../test/show";

const TO_PACKAGE = ["choose-files", "next", "next"];

describe("the journey", () => {
  it("goes from files to shared services", async () => {
    const { host, user } = showApp();
    await press(user, "choose-files");
    expect((await screen.findByTestId("features")).textContent).toBe("61");
    await press(user, "next");
    expect((await screen.findByTestId("verdict")).dataset["blocks"]).toBe("0");
    await press(user, "next");
    await screen.findByTestId("plan");
    await press(user, "publish", "confirm");
    expect((await screen.findByTestId("share")).dataset["services"]).toBe("2");
    expect(host.asked("deliver")).toEqual([
      expect.objectContaining({ name: "canton", services: ["wfs", "wms-vector"], rehearsal: false, preview: false, licence: "Licence Ouverte 2.0 (Etalab)" }),
    ]);
  });

  it("stays where data block, and says why", async () => {
    const { user } = showApp({ look: () => data.judged([data.noCrs]) });
    await press(user, "choose-files", "next");
    expect((await screen.findByTestId("verdict")).dataset["blocks"]).toBe("1");
    expect((screen.getByTestId("next") as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByTestId("finding").dataset["code"]).toBe("CRS_MISSING");
  });

  it("looks again with the system that the person states", async () => {
    const { host, user } = showApp({
      look: ({ srs }) => data.judged(srs === "EPSG:2154" ? [] : [data.noCrs]),
    });
    await press(user, "choose-files", "next");
    await user.type(await screen.findByTestId("declare-crs"), "epsg:2154");
    await press(user, "declare");
    await waitFor(() => expect(screen.getByTestId("verdict").dataset["blocks"]).toBe("0"));
    await press(user, "next");
    await screen.findByTestId("plan");
    expect(host.asked("look").at(-1)).toMatchObject({ srs: "EPSG:2154" });
    expect(host.asked("plan").at(-1)).toMatchObject({ srs: "EPSG:2154" });
  });

  it("names the point of no return exactly where others will see it", async () => {
    const { user } = showApp({ here: () => data.account });
    await press(user, ...TO_PACKAGE, "publish");
    const dialog = within(await screen.findByTestId("confirm-dialog"));
    expect(dialog.getByTestId("confirm-where").textContent).toContain("Val d’Orne");
    expect(dialog.getByText("camille.durand@valdorne.fr")).toBeTruthy();
    expect(dialog.getByTestId("no-return").textContent).toContain("GetCapabilities public");
    expect(dialog.getByTestId("confirm").textContent).toBe("Publier pour tous");
    expect((screen.getByTestId("producer") as HTMLInputElement).value).toBe("Val d’Orne");
  });

  it("does not cry wolf in the sandbox", async () => {
    const { user } = showApp();
    await press(user, ...TO_PACKAGE, "publish");
    expect((await screen.findByTestId("no-return")).textContent).not.toContain("GetCapabilities");
  });

  it("previews before anything leaves, and takes the preview down on leaving", async () => {
    const { host, user } = showApp({ watch: (_, tell) => (tell({ type: "delivery", delivery: data.delivery("running", { id: "p1" }) }), data.delivery("published", { id: "p1" })) });
    await press(user, ...TO_PACKAGE, "rehearse");
    await waitFor(() => expect(screen.getByTestId("rehearsal").dataset["state"]).toBe("ready"));
    expect(host.asked("deliver")).toEqual([]);
    await press(user, "back");
    await waitFor(() => expect(host.asked("end_preview")).toEqual([{ id: "p1" }]));
  });

  it("shows progress, pauses, and goes on", async () => {
    let paused = false;
    let end: (delivery: unknown) => void = () => undefined;
    const { host, user } = showApp({
      watch: (_, tell) => {
        if (paused) return data.delivery("published");
        tell({ type: "delivery", delivery: data.delivery("running") });
        return new Promise((resolve) => {
          end = resolve;
        });
      },
      pause: () => {
        paused = true;
        const now = data.delivery("paused");
        end(now);
        return now;
      },
    });
    await press(user, ...TO_PACKAGE, "publish", "confirm");
    const bar = await screen.findByRole("progressbar");
    expect(bar.getAttribute("aria-valuenow")).toBe("48");
    await press(user, "pause", "resume");
    await screen.findByTestId("share");
    expect(host.asked("resume")).toEqual([{ id: "d1" }]);
  });

  it.each(Object.entries(data.FAILURES))("draws a delivery stopped by %s as what it is", async (name, failure) => {
    const { user } = showApp({ watch: () => data.delivery("failed", { failure }) });
    await press(user, ...TO_PACKAGE, "publish", "confirm");
    const note = await screen.findByTestId("failure");
    expect(note.dataset["trouble"]).toBe(name);
    expect(note.textContent).toContain(failure.message[0]?.replaceAll("`", ""));
    expect(screen.getByTestId("resume")).toBeTruthy();
    expect(screen.queryByTestId("sign-in-again") !== null).toBe(name === "signIn");
  });

  it("keeps what was typed when one goes back and forth", async () => {
    const { user } = showApp();
    await press(user, ...TO_PACKAGE);
    const title = await screen.findByTestId("title");
    await user.clear(title);
    await user.type(title, "Mes cantons");
    await press(user, "back", "next");
    expect(((await screen.findByTestId("title")) as HTMLInputElement).value).toBe("Mes cantons");
  });

  it("says that it reads, and stops when asked", async () => {
    const { host, user } = showApp({ look: never });
    await press(user, "choose-files");
    await user.click(within(await screen.findByTestId("reading")).getByRole("button"));
    expect(host.asked("cancel").length).toBeGreaterThan(0);
  });

  it("tells a path that was not given, and offers to try again", async () => {
    const { user } = showApp({ inspect: refuse(data.failure("PATH_NOT_GIVEN", "non", "no")) });
    await press(user, "choose-files");
    expect((await screen.findByTestId("failure")).dataset["code"]).toBe("PATH_NOT_GIVEN");
    expect(screen.getByTestId("retry")).toBeTruthy();
  });
});
