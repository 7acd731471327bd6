/** Images, alone or by the hundred: their bands, their values, their outlines, their faults. */
import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../../test/data";
import { show } from "../../test/show";
import { bars } from "./Bands";
import { firstZoom, footprintsOf } from "./footprints";
import { Inspect, mapLayersOf } from "./Inspect";

describe("an image", () => {
  it("shows each band with its range and how its values spread", () => {
    show(<Inspect sources={[data.imageSource]} online={false} reading={false} />);
    const bands = within(screen.getByTestId("bands")).getAllByRole("listitem");
    expect(bands.map((b) => b.querySelector("strong")?.textContent)).toEqual(["1 · rouge", "2 · vert", "3 · bleu"]);
    expect(within(bands[0] as HTMLElement).getByRole("img", { name: "Histogramme de la bande 1 · rouge, de 0 à 255" })).toBeTruthy();
    expect(bands[0]?.textContent).toContain("de 3 à 255, moyenne 118");
    expect(bands[0]?.textContent).toContain("sans nodata");
  });

  it("of heights says what means no data, and that it was sampled", () => {
    show(<Inspect sources={[data.heightSource]} online={false} reading={false} />, {}, "en");
    const band = screen.getByTestId("bands").textContent;
    expect(band).toContain("nodata -9,999");
    expect(band).toContain("10% without data");
    expect(band).toContain("from a sample");
  });

  it("says that values are being read, and only then", () => {
    show(<Inspect sources={[data.unread(data.imageSource)]} online={false} reading />);
    expect(screen.getAllByText("Valeurs en cours de lecture…")).toHaveLength(3);
    expect(screen.queryByTestId("histogram")).toBeNull();
  });

  it("has a histogram of few bars that loses nobody", () => {
    const heights = bars({ low: 0, high: 256, counts: Array.from({ length: 256 }, (_, n) => (n === 255 ? 8 : 1)) });
    expect(heights).toHaveLength(64);
    expect(heights.at(-1)).toBe(1);
    expect(heights[0]).toBeCloseTo(4 / 11);
    expect(bars({ low: 0, high: 1, counts: [0, 0] })).toEqual([0, 0]);
  });
});

describe("a set of images", () => {
  it("is one data set, with its number and its outlines on the map", () => {
    show(<Inspect sources={[data.setSource()]} online={false} reading={false} />);
    expect(screen.getByTestId("set").dataset).toMatchObject({ tiles: "96", faulty: "0" });
    expect(screen.getByTestId("inspect-map").dataset["layers"]).toBe("2");
    const [layer] = footprintsOf([data.setSource()]);
    expect((layer?.data as { features: unknown[] }).features).toHaveLength(96);
  });

  it("names those that are not right, and says how others differ", async () => {
    const { user } = show(<Inspect sources={[data.setSource(true)]} online={false} reading={false} />);
    expect(screen.getByTestId("set").dataset["faulty"]).toBe("2");
    await user.click(screen.getByText("Images qui ne se lisent pas"));
    const faulty = within(screen.getByTestId("set-faulty")).getAllByRole("listitem");
    expect(faulty[0]?.textContent).toContain("ortho-2024-0925-6563-LA93.tif");
    expect(await screen.findByText("« ortho-2024-0925-6563-LA93.tif » est un fichier vide. Réexportez-le.")).toBeTruthy();
    expect(faulty[1]?.textContent).toContain("Ses pixels ne se lisent pas.");
    expect(screen.getByTestId("set-unlike").textContent).toContain("Une image n’est pas faite");
    const features = (footprintsOf([data.setSource(true)])[0]?.data as { features: { properties: { faulty?: boolean } }[] }).features;
    expect(features.filter((f) => f.properties.faulty)).toHaveLength(1);
  });

  it("is drawn from the zoom where a tile of the map holds few of them", () => {
    const [layer] = mapLayersOf([data.setSource()]);
    expect(layer?.minzoom).toBeGreaterThan(10);
    const set = data.setSource().inventory.raster_set;
    if (!set) throw new Error("a set");
    const first = firstZoom(set);
    expect(first).toBeLessThan(15);
    expect(firstZoom({ ...set, profiles: set.profiles.map((p) => ({ ...p, overviews: 4 })) })).toBeLessThan(first);
    expect(firstZoom({ ...set, tiles: set.tiles.slice(0, 9) })).toBe(0);
    expect(mapLayersOf([data.imageSource])[0]?.minzoom).toBeUndefined();
  });
});
