/** What is handed to others, for each kind of service. */
import { screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../../test/data";
import { show } from "../../test/show";
import { layerNames, Share } from "./Share";

const wfs = (...tables: string[]) => {
  const offering = data.offering("WFS");
  return { ...offering, links: [...offering.links, ...tables.map((layer) => ({ purpose: "qgis" as const, layer, url: `typename='${layer}'` }))] };
};

describe("the page that shares", () => {
  it("names the layer of a lone WFS", async () => {
    const answer = () => data.shared([wfs("canton:canton")]);
    show(<Share datasheet="canton" rehearsal={false} online={false} />, { share: answer, probe: answer });
    expect((await screen.findByTestId("layer-names")).textContent).toBe("Couchecanton:canton");
  });

  it("names every table of a WFS of several, once", () => {
    expect(layerNames(wfs("a:one", "a:two", "a:one"))).toEqual(["a:one", "a:two"]);
    expect(layerNames(data.offering("WFS"))).toEqual(["canton"]);
  });

  it.each([
    ["WMS-VECTOR", "Image de carte (WMS)", true],
    ["WMS-RASTER", "Image (WMS)", true],
    ["WMTS-TMS", "Tuiles", true],
    ["ALTIMETRY", "Altimétrie", true],
    ["DOWNLOAD", "Téléchargement", false],
    ["SOMETHING-NEW", "SOMETHING-NEW", true],
  ])("shows %s by its name, with its address", async (type, name, named) => {
    const answer = () => data.shared([data.offering(type)]);
    show(<Share datasheet="canton" rehearsal={false} online={false} />, { share: answer, probe: answer });
    const card = within(await screen.findByTestId("offering"));
    expect(card.getByRole("heading").textContent).toBe(name);
    expect((card.getByRole("textbox") as HTMLInputElement).value).toContain(type.toLowerCase());
    expect(card.queryByTestId("layer-names")?.textContent ?? null).toBe(named ? "Couchecanton" : null);
  });
});
