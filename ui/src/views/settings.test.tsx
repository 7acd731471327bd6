/** What the person sets: kept at once, and each with its consequence in words. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../test/data";
import { refuse } from "../test/fake";
import { press, showApp } from "../test/show";

describe("the settings", () => {
  it.each([
    ["800", 800_000],
    ["1,5", 1_500],
    ["0.1", 1_000],
    ["rien", null],
    ["-3", null],
  ])("take %s as a cap on uploads", async (typed, bytes) => {
    const { host, user } = showApp({ preferences: () => ({ ...data.preferences, upload_bytes_per_second: 5_000_000 }) });
    await press(user, "settings");
    const cap = await screen.findByTestId("upload-cap");
    expect((cap as HTMLInputElement).value).toBe("5000");
    await user.clear(cap);
    await user.type(cap, typed);
    await user.tab();
    await waitFor(() => expect(host.asked("set_preferences").at(-1)).toMatchObject({ upload_bytes_per_second: bytes }));
  });

  it("say where things will be kept, what stays behind, and how to come back", async () => {
    const { host, user } = showApp();
    await press(user, "settings", "choose-data-folder");
    const note = await screen.findByTestId("next-folder");
    expect(note.textContent).toContain("/media/disque/quai");
    expect(note.textContent).toContain("Rien n’est déplacé : ce qui est dans «\u00a0/home/camille/.local/share/quai\u00a0» y reste.");
    await press(user, "usual-data-folder");
    await waitFor(() => expect(host.asked("set_preferences").at(-1)).toMatchObject({ data_folder: null }));
    await waitFor(() => expect(screen.queryByTestId("next-folder")).toBeNull());
  });

  it("offer no other folder where the environment fixes it", async () => {
    const { user } = showApp({ about: () => ({ version: "1", gdal: "3", system: "linux", data_folder: "/srv/quai", data_folder_fixed: true }) });
    await press(user, "settings");
    expect((await screen.findByTestId("about")).textContent).toContain("QUAI_DATA_DIR");
    expect(screen.queryByTestId("choose-data-folder")).toBeNull();
  });

  it("say why a folder cannot be", async () => {
    const { user } = showApp({ choose_data_folder: refuse(data.failure("DATA_FOLDER", "lecture seule", "read only")) });
    await press(user, "settings", "choose-data-folder");
    expect((await screen.findByTestId("failure")).dataset["code"]).toBe("DATA_FOLDER");
  });
});
