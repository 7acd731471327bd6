/** Looks become rules, rules become what the services read; other software's styles come along, or it
 *  is said what does not. */
import { describe, expect, it } from "vitest";
import { categoriesOf, plain, rangesOf, styleOf, withFields, type Look } from "./look";
import { kept, readStyle, toMapbox, toSld } from "./translate";

const samples = import.meta.glob<string>("../../../../samples/style/*.{sld,qml}", { query: "?raw", import: "default", eager: true });
const sample = (name: string) => samples[`../../../../samples/style/${name}`] ?? "";
const lower = (field: string) => field.toLowerCase();

describe("a look", () => {
  it("by value has the commonest first, each its colour", () => {
    const classes = categoriesOf(["39", "25", "39", null, ""], "okabe");
    expect(classes.map((c) => c.value)).toEqual(["39", "25"]);
    expect(new Set(classes.map((c) => c.color)).size).toBe(2);
  });

  it.each<[string, (string | null)[], number, (readonly [string, number])[]]>([
    ["of many values", ["1", "2", "3", "4", "5", "6", null], 3, [["1", 3], ["3", 5], ["5", 6]]],
    ["of one value", ["7", "7"], 5, [["7", 7]]],
    ["of words", ["a", "b"], 5, []],
  ])("by range %s makes classes that touch and leave nothing out", (_, values, n, wanted) => {
    expect(rangesOf(values, n, "viridis").map((c) => [c.value, c.to])).toEqual(wanted);
  });

  it("is published over the names that fields have then", () => {
    const look: Look = { ...plain("polygon"), kind: "categories", field: "INSEE_DEP", classes: [{ value: "75", color: "#ff0000" }], label: "NOM" };
    const style = withFields(styleOf(look, "canton"), lower);
    expect(style.rules[0]?.filter).toEqual(["==", "insee_dep", "75"]);
    expect(JSON.stringify(style.rules[0]?.symbolizers)).toContain("{{nom}}");
  });
});

describe("what the services read", () => {
  const look: Look = { ...plain("polygon"), kind: "ranges", field: "POP", classes: [{ value: "0", to: 10, color: "#fde725" }, { value: "10", to: 20, color: "#440154" }], label: "NOM" };

  it("is SLD 1.0.0 with lower-case attributes", async () => {
    const sld = await toSld(withFields(styleOf(look, "canton"), lower));
    expect(sld).toContain('version="1.0.0"');
    expect(sld).toContain("<ogc:PropertyName>pop</ogc:PropertyName>");
    expect(sld).toContain("<PropertyName>nom</PropertyName>".replace(/<(\/?)P/g, "<$1ogc:P"));
    expect(sld).not.toMatch(/PropertyName>[^<]*[A-Z]/);
    expect(new DOMParser().parseFromString(sld, "text/xml").getElementsByTagName("parsererror")).toHaveLength(0);
  });

  it("is a Mapbox style for tiles, whose filters take a number for a text and back", async () => {
    const layers = await toMapbox(styleOf({ ...plain("polygon"), kind: "categories", field: "dep", classes: [{ value: "75", color: "#ff0000" }] }, "canton"));
    expect(layers.map((l) => l.type)).toEqual(["fill", "line"]);
    expect(layers[0]).toMatchObject({ paint: { "fill-color": "#ff0000", "fill-opacity": 0.6 }, filter: ["any", ["==", "dep", "75"], ["==", "dep", 75]] });
  });
});

describe("a style of other software", () => {
  it.each([
    ["canton.sld", 5],
    ["installation.sld", 4],
    ["pays.sld", 1],
    ["eau_vanne.qml", 1],
  ])("%s comes along, and is served as SLD 1.0.0", async (name, atLeast) => {
    const { style } = await readStyle(name, sample(name));
    expect(style.rules.length).toBeGreaterThanOrEqual(atLeast);
    expect(await toSld(withFields(style, lower))).toContain('version="1.0.0"');
    expect((await toMapbox(style)).length).toBeGreaterThan(0);
  });

  it("says what does not come along", async () => {
    const { lost } = await readStyle("installation.sld", sample("installation.sld"));
    expect(lost.map((l) => l[0]).join()).toContain("diamond");
    const pictures = kept({ name: "a", rules: [{ name: "poi", symbolizers: [{ kind: "Icon", image: "x.png" }] }, { name: "ok", symbolizers: [{ kind: "Fill", color: "#fff" }] }] });
    expect(pictures.style.rules.map((r) => r.name)).toEqual(["ok"]);
    expect(pictures.lost.map((l) => l[1])).toEqual(["“poi”: a picture as a symbol", "“poi”: no symbol that can be drawn"]);
  });

  it("reads a Mapbox style", async () => {
    const mapbox = { version: 8, name: "a", sources: { s: { type: "vector", url: "x" } }, layers: [{ id: "l", type: "fill", source: "s", "source-layer": "t", paint: { "fill-color": "#00ff00" } }] };
    const { style } = await readStyle("a.json", JSON.stringify(mapbox));
    expect(await toSld(style)).toContain("#00ff00");
  });

  it("of no known kind is refused", async () => {
    await expect(readStyle("a.sld", "not xml")).rejects.toThrow();
  });
});
