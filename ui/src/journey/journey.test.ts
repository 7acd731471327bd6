import { describe, expect, it } from "vitest";
import type { Delivery } from "../bindings/Delivery";
import type { Judged } from "../bindings/Judged";
import type { Proposal } from "../bindings/Proposal";
import { begin, canGo, comeBack, NO_WISH, reduce, standing, wishOf, type Choices, type Journey, type Stage } from "./journey";

const judged = (blocks: number): Judged => ({ sources: [], findings: [], blocks, degrades: 0, tells: 0 });
const proposal: Proposal = {
  name: "canton",
  title: "Canton",
  abstract_: "61 entités",
  keywords: ["cantons", "Jura"],
  services: [
    { service: "wfs", refused: null, proposed: true },
    { service: "download", refused: null, proposed: false },
  ],
  srs: "EPSG:2154",
  bytes: 434_373,
  zones: [],
};
const choices: Choices = { name: "canton", title: "Canton", abstract: "", keywords: "", services: ["wfs"], srs: null, isPrivate: false, producer: "", licence: "lo", styles: [], pyramid: NO_WISH, zones: "whole" };
const delivery = (state: Delivery["state"]): Delivery => ({
  id: "d1",
  wish: wishOf(begin(["/a.shp"]), choices, false),
  state,
  step: "upload",
  done: 0,
  total: null,
  failure: null,
  stored_data: [],
  offerings: [],
  lines: [],
  created: 0,
  updated: 0,
});

describe("the journey", () => {
  const opened = begin(["/a.shp"]);
  const clean = reduce(opened, { type: "judged", judged: judged(0) });
  const faulty = reduce(opened, { type: "judged", judged: judged(2) });
  const away = reduce(clean, { type: "delivering", id: "d1" });
  const live = reduce(away, { type: "ended", delivery: delivery("published") });

  it.each<[string, Journey, Stage[]]>([
    ["just opened", opened, ["inspect"]],
    ["judged, nothing blocks", clean, ["inspect", "validate", "package"]],
    ["judged, two findings block", faulty, ["inspect", "validate"]],
    ["delivering", away, ["inspect", "validate", "package", "deliver"]],
    ["published", live, ["inspect", "validate", "package", "deliver", "share"]],
  ])("%s: may go where the steps before allow", (_, journey, allowed) => {
    const all: Stage[] = ["inspect", "validate", "package", "deliver", "share"];
    expect(all.filter((stage) => canGo(journey, stage))).toEqual(allowed);
  });

  it("does not move to a stage that is not allowed", () => {
    expect(reduce(faulty, { type: "went", stage: "package" }).stage).toBe("inspect");
  });

  it("keeps what was chosen when a proposal comes again", () => {
    const proposed = reduce(clean, { type: "proposed", proposal });
    const chosen = reduce(proposed, { type: "chose", change: { title: "Mes cantons" } });
    expect(reduce(chosen, { type: "proposed", proposal }).choices?.title).toBe("Mes cantons");
    expect(proposed.choices?.services).toEqual(["wfs"]);
  });

  it("ignores the end of another delivery, and an end that is no publication", () => {
    expect(reduce(away, { type: "ended", delivery: { ...delivery("published"), id: "other" } }).published).toBeNull();
    expect(reduce(away, { type: "ended", delivery: delivery("failed") }).published).toBeNull();
  });

  it.each<[Delivery["state"], Stage]>([
    ["running", "deliver"],
    ["paused", "deliver"],
    ["failed", "deliver"],
    ["published", "share"],
  ])("comes back to a delivery that is %s", (state, stage) => {
    expect(comeBack(delivery(state)).stage).toBe(stage);
  });

  it("makes a wish of words that were typed", () => {
    const journey = reduce(clean, { type: "proposed", proposal });
    expect(wishOf(journey, { ...choices, keywords: " eau , , rivière" }, true)).toMatchObject({ keywords: ["eau", "rivière"], rehearsal: true, paths: ["/a.shp"] });
  });

  it("says which steps are behind", () => {
    expect(standing("check", away, "check")).toBe("current");
    expect(standing("upload", away, "check")).toBe("done");
    expect(standing("share", away, "check")).toBe("ahead");
  });
});
