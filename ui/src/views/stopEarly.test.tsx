/** Reading is stopped before it began: while the map of what was dropped is drawn. */
import { screen, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { press, showApp } from "../test/show";

// a map that is slow to come
vi.mock("../shared/Map", () => ({ COLORS: [], MapAhead: () => null, MapLibrary: () => null, Map: () => null }));

it("reads nothing once it was asked to stop, and offers to try again", async () => {
  const { host, user } = showApp();
  await press(user, "choose-files");
  await screen.findByTestId("features");
  await user.click(within(screen.getByTestId("reading")).getByRole("button"));
  expect((await screen.findByTestId("failure")).dataset["code"]).toBe("CANCELLED");
  expect(host.asked("look")).toEqual([]);
  await press(user, "retry");
  expect((await screen.findByTestId("next")).textContent).toBeTruthy();
  await vi.waitFor(() => expect(host.asked("look")).toHaveLength(1));
});
