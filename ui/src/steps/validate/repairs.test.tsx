/** Repairs: offered with what they change, picked, made on a copy, and undone. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../../test/data";
import { press, showApp } from "../../test/show";
import { choicesOf, firstPicks, offered, pickedOf } from "./repairs";

describe("the choice of repairs", () => {
  it("leaves out what puts itself right on the delivered copy, and makes it all the same", () => {
    expect(offered(data.repairPlan).map((r) => r.id)).toEqual(["r1"]);
    const picks = firstPicks(data.repairPlan);
    expect(pickedOf(data.repairPlan, picks)).toBe(1);
    expect(choicesOf(data.repairPlan, picks, null).picks.map((p) => p.repair)).toEqual(["r1", "r2"]);
    expect(choicesOf(data.repairPlan, { ...picks, r1: null }, null).picks.map((p) => p.repair)).toEqual(["r2"]);
  });
});

const repaired = {
  folder: "/data/repairs/1/vector",
  package: { files: [{ local: "/data/repairs/1/vector/canton.gpkg" }] },
  record: { repairs: [{}] },
  stays: [],
};

describe("repairs in the journey", () => {
  const faulty = data.judged([data.invalid(3, 5.5, 46.8)]);
  const answers = {
    look: ({ paths }: Record<string, unknown>) => (String(paths).endsWith(".gpkg") ? data.judged([]) : faulty),
    plan_repairs: () => data.repairPlan,
    repair: () => repaired,
    undo_repair: () => null,
  };

  it("show before and after, make a copy, and go on with it", async () => {
    const { host, user } = showApp(answers);
    await press(user, "choose-files", "next");
    expect((await screen.findByTestId("before-after")).textContent).toContain("120,5");
    await press(user, "repair");
    await screen.findByTestId("repaired");
    await waitFor(() => expect(screen.getByTestId("verdict").className).toContain("good"));
    expect(host.asked("repair")[0]).toMatchObject({ paths: ["/home/camille/données/CANTON.shp"], choices: { all_safe: false } });
    await press(user, "next", "publish", "confirm");
    await waitFor(() => expect(host.asked("deliver")[0]).toMatchObject({ paths: ["/data/repairs/1/vector/canton.gpkg"] }));
  });

  it("are undone: the files are as they were", async () => {
    const { host, user } = showApp(answers);
    await press(user, "choose-files", "next", "repair", "undo-repair");
    await waitFor(() => expect(screen.queryByTestId("repaired")).toBeNull());
    expect(host.asked("undo_repair")).toEqual([{ folder: "/data/repairs/1/vector" }]);
    expect((await screen.findByTestId("finding")).dataset["code"]).toBe("GEOMETRY_INVALID");
  });
});
