/** What a service says of itself, read from its capabilities. */
import { describe, expect, it } from "vitest";
import { entryIn } from "./live";

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
