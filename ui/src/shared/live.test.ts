/** What a service says of itself, read from its capabilities. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { SharedOffering } from "../bindings/SharedOffering";
import { drawable, entryIn, liveMap } from "./live";

const WMS = `<WMS_Capabilities xmlns="http://www.opengis.net/wms"><Capability><Layer><Title>all</Title>
  <Layer><Name>canton</Name><Title>Cantons</Title><Abstract>Du Jura.</Abstract><KeywordList><Keyword>eau</Keyword></KeywordList><CRS>EPSG:3857</CRS>
  <EX_GeographicBoundingBox><westBoundLongitude>4.7</westBoundLongitude><eastBoundLongitude>6.4</eastBoundLongitude><southBoundLatitude>46.1</southBoundLatitude><northBoundLatitude>47.7</northBoundLatitude></EX_GeographicBoundingBox>
  <Style><Name>plain</Name></Style></Layer></Layer></Capability></WMS_Capabilities>`;
const WFS = `<wfs:WFS_Capabilities xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:ows="http://www.opengis.net/ows/1.1"><wfs:FeatureTypeList><wfs:FeatureType>
  <wfs:Name>canton:canton</wfs:Name><wfs:Title>Cantons</wfs:Title><ows:Keywords><ows:Keyword>eau</ows:Keyword></ows:Keywords><wfs:DefaultCRS>urn:ogc:def:crs:EPSG::2154</wfs:DefaultCRS>
  <ows:WGS84BoundingBox><ows:LowerCorner>4.7 46.1</ows:LowerCorner><ows:UpperCorner>6.4 47.7</ows:UpperCorner></ows:WGS84BoundingBox></wfs:FeatureType></wfs:FeatureTypeList></wfs:WFS_Capabilities>`;

describe("an entry of GetCapabilities", () => {
  it.each([
    ["WMS", WMS, { name: "canton", abstract: "Du Jura.", crs: ["EPSG:3857"], styles: ["plain"] }],
    ["WFS", WFS, { name: "canton:canton", abstract: "", crs: ["EPSG:2154"], styles: [] }],
  ])("is read from a %s", (_, xml, own) => {
    expect(entryIn(xml, "canton")).toMatchObject({ title: "Cantons", keywords: ["eau"], extent: [4.7, 46.1, 6.4, 47.7], ...own });
  });

  it("is nothing for a layer that is not there", () => {
    expect(entryIn(WMS, "other")).toBeNull();
  });
});

const WMTS = `<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"><Contents><Layer><ows:Title>Ortho</ows:Title>
  <ows:WGS84BoundingBox><ows:LowerCorner>5.85 46.13</ows:LowerCorner><ows:UpperCorner>5.87 46.14</ows:UpperCorner></ows:WGS84BoundingBox><ows:Identifier>ortho</ows:Identifier>
  <Style isDefault="true"><ows:Identifier>normal</ows:Identifier></Style><Format>image/jpeg</Format><TileMatrixSetLink><TileMatrixSet>PM_0_18</TileMatrixSet><TileMatrixSetLimits>
  <TileMatrixLimits><TileMatrix>0</TileMatrix></TileMatrixLimits><TileMatrixLimits><TileMatrix>18</TileMatrix></TileMatrixLimits></TileMatrixSetLimits></TileMatrixSetLink></Layer></Contents></Capabilities>`;

const tiles = (grid: string): SharedOffering => ({
  _id: "o", type: "WMTS-TMS", layer_name: "ortho", status: "PUBLISHED", open: true, probe: null,
  urls: [{ type: "WMTS", url: "https://data.geopf.fr/wmts?service=WMTS&version=1.0.0" }, { type: "TMS", url: "https://data.geopf.fr/tms/1.0.0/ortho" }],
  links: [{ purpose: "qgis", layer: "ortho", url: `crs=EPSG:3857&layers=ortho&tileMatrixSet=${grid}&url=x` }],
});

describe("tiles of images", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("are asked of their WMTS in its own format, at its own levels", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => (asked.push(url), Promise.resolve(new Response(WMTS))));
    const live = await liveMap(tiles("PM_0_18"));
    expect(asked).toEqual(["https://data.geopf.fr/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetCapabilities"]);
    expect(live.extent).toEqual([5.85, 46.13, 5.87, 46.14]);
    expect(live.layers[0]).toMatchObject({ kind: "image", minzoom: 0, maxzoom: 18 });
    expect(live.layers[0]?.tiles).toContain("STYLE=normal&FORMAT=image%2Fjpeg&TILEMATRIXSET=PM_0_18&TILEMATRIX={z}");
  });

  it("of another grid than that of web maps are not drawn in the wrong place", () => {
    expect(drawable(tiles("PM_0_18"))).toBe(true);
    expect(drawable(tiles("LAMB93_50cm_3_18"))).toBe(false);
    expect(drawable({ ...tiles("PM"), links: [] })).toBe(true);
  });
});
