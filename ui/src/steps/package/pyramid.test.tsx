/** The choices of a pyramid, and of what is downloaded by itself. */
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../../test/data";
import { never, refuse, type Answers } from "../../test/fake";
import { press, showApp } from "../../test/show";

const IMAGES: Answers = {
  inspect: () => ({ sources: [data.setSource()] }),
  look: () => ({ ...data.judged([]), sources: [data.setSource()] }),
  propose: () => data.imageProposal,
  plan: ({ zones }) => data.imagePlan(zones),
};
const TO_PACKAGE = ["choose-files", "next", "next"];
const adjust = async (user: ReturnType<typeof showApp>["user"]) => user.click(within(await screen.findByTestId("pyramid-adjust")).getByText("Ajuster"));

describe("the tiles of images", () => {
  it("says what Quai chose and what it costs, and sends no wish when nothing was changed", async () => {
    const { host, user } = showApp(IMAGES);
    await press(user, ...TO_PACKAGE);
    const plan = await screen.findByTestId("pyramid-plan");
    expect(plan.dataset).toMatchObject({ grid: "PM", compression: "jpg", bottom: "18" });
    expect(plan.textContent).toContain("environ 96 Mo");
    expect(screen.getByTestId("pyramid-time").textContent).toBe("environ 12 min, d’après les 3 dernières pyramides de cet entrepôt");
    expect(screen.queryByTestId("pyramid-grid")).toBeNull();
    await press(user, "publish", "confirm");
    await waitFor(() => expect(host.asked("deliver")).toHaveLength(1));
    expect(host.asked("deliver")[0]).toMatchObject({ pyramid: { grid: null, compression: null, bottom: null }, zones: "whole" });
  });

  it("follows what the person wants, says the new cost, and comes back", async () => {
    const { host, user } = showApp(IMAGES);
    await press(user, ...TO_PACKAGE);
    await adjust(user);
    expect(screen.getByTestId("why-grid").textContent).toBe("Pourquoi : se superpose à toutes les cartes du web.");
    await user.selectOptions(screen.getByTestId("pyramid-bottom"), "17");
    await waitFor(() => expect(screen.getByTestId("pyramid-plan").textContent).toContain("environ 24 Mo"));
    await user.click(screen.getByTestId("compression-jpg90"));
    await user.click(screen.getByTestId("pyramid-mask"));
    await press(user, "publish", "confirm");
    await waitFor(() => expect(host.asked("deliver")).toHaveLength(1));
    expect(host.asked("deliver")[0]).toMatchObject({ pyramid: { grid: null, compression: "jpg90", bottom: 17, mask: true } });
  });

  it("forgets levels that belonged to another grid", async () => {
    const { host, user } = showApp(IMAGES);
    await press(user, ...TO_PACKAGE);
    await adjust(user);
    await user.selectOptions(screen.getByTestId("pyramid-bottom"), "17");
    await user.selectOptions(screen.getByTestId("pyramid-grid"), "LAMB93_50cm");
    await waitFor(() => expect(host.asked("pyramid").at(-1)).toMatchObject({ wish: { grid: "LAMB93_50cm", bottom: null } }));
    await press(user, "pyramid-reset");
    await waitFor(() => expect(screen.getByTestId("pyramid-plan").dataset["grid"]).toBe("PM"));
  });

  it("says why a compression cannot be, and warns where there is no room", async () => {
    const whole = data.pyramid({ grid: null, compression: null, interpolation: null, top: null, bottom: null, mask: null });
    const why: [string, string] = ["La compression jpg ne convient pas à ces images.", "The compression jpg does not suit these images."];
    const shown = { ...whole, room_bytes: 1_000, seconds: null, measured: 0, compressions: [{ id: "jpg", refused: why, bytes: 0 }, ...whole.compressions.slice(1)] };
    const { user } = showApp({ ...IMAGES, pyramid: () => shown });
    await press(user, ...TO_PACKAGE);
    await screen.findByTestId("pyramid-full");
    expect(screen.getByTestId("pyramid-time").textContent).toContain("inconnu");
    await adjust(user);
    expect((screen.getByTestId("compression-jpg") as HTMLInputElement).disabled).toBe(true);
    expect(screen.getByText(why[0])).toBeTruthy();
  });

  it("is refused as what it is, and a wish that cannot be is given up by one press", async () => {
    const wrong = data.failure("PYRAMID_CHOICE", "Le niveau 40 n’existe pas.", "Level 40 does not exist.");
    const { user } = showApp({ ...IMAGES, pyramid: (asked) => ((asked["wish"] as { bottom: number | null }).bottom === 19 ? refuse(wrong)({}, () => undefined) : data.pyramid(asked["wish"] as never)) });
    await press(user, ...TO_PACKAGE);
    await adjust(user);
    await user.selectOptions(screen.getByTestId("pyramid-bottom"), "19");
    expect((await screen.findByTestId("failure")).dataset["code"]).toBe("PYRAMID_CHOICE");
    await press(user, "pyramid-reset");
    await waitFor(() => expect(screen.getByTestId("pyramid-plan").dataset["bottom"]).toBe("18"));
  });

  it("waits for the platform in words, and asks nothing for data that are no images", async () => {
    const { user } = showApp({ ...IMAGES, pyramid: never });
    await press(user, ...TO_PACKAGE);
    expect(within(await screen.findByTestId("pyramid")).getByTestId("waiting").textContent).toContain("plateforme");
    document.body.innerHTML = "";
    const vector = showApp();
    await press(vector.user, ...TO_PACKAGE);
    await screen.findByTestId("plan");
    expect(vector.host.asked("pyramid")).toEqual([]);
  });
});

describe("a download", () => {
  it("is one archive, or a part for each file, as the person chooses", async () => {
    const { host, user } = showApp(IMAGES);
    await press(user, ...TO_PACKAGE);
    await screen.findByTestId("plan");
    expect(screen.queryByTestId("zones")).toBeNull();
    await user.click(screen.getByTestId("service-download"));
    const zones = await screen.findByTestId("zones");
    expect((within(zones).getByTestId("zones-whole") as HTMLInputElement).checked).toBe(true);
    expect(zones.textContent).toContain("96 parties");
    expect(zones.textContent).toContain("et 93 de plus");
    await user.click(within(zones).getByTestId("zones-files"));
    expect((await screen.findByTestId("plan-zones")).textContent).toContain("en 2 parties");
    expect(host.asked("plan").at(-1)).toMatchObject({ zones: "files" });
    await press(user, "publish", "confirm");
    await waitFor(() => expect(host.asked("deliver")[0]).toMatchObject({ zones: "files" }));
  });

  it("that is given up leaves no cut behind", async () => {
    const { host, user } = showApp(IMAGES);
    await press(user, ...TO_PACKAGE);
    await user.click(await screen.findByTestId("service-download"));
    await user.click(await screen.findByTestId("zones-files"));
    await user.click(screen.getByTestId("service-download"));
    await press(user, "publish", "confirm");
    await waitFor(() => expect(host.asked("deliver")[0]).toMatchObject({ zones: "whole" }));
  });
});
