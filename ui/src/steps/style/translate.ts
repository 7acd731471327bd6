/** From and to the styles of other software, by GeoStyler's parsers: SLD, QML, Mapbox. What cannot come
 *  along is listed, never dropped in silence. The parsers are fetched when first needed. */
import type { Filter, Rule, Style, Symbolizer } from "geostyler-style";
import type { StyledLayer } from "../../shared/mapStyle";

export type Lost = [string, string];

interface Read {
  style: Style;
  lost: Lost[];
}

/** A filter as every parser writes it, or why it cannot be one. */
function plainFilter(filter: unknown): Filter | null {
  if (Array.isArray(filter)) return filter as unknown as Filter;
  const said = filter as { type?: string; left?: unknown; right?: unknown; hasNot?: unknown };
  if (said.type === "InExpressionListPredicate" && typeof said.left === "string" && Array.isArray(said.right)) {
    const any = ["||", ...said.right.map((v) => ["==", said.left, v])] as unknown as Filter;
    return said.hasNot ? (["!", any] as unknown as Filter) : any;
  }
  return null;
}

const KINDS: Record<string, Lost> = {
  Icon: ["une image en symbole", "a picture as a symbol"],
  Raster: ["un rendu d’image", "a raster rendering"],
};

/** Marks that every map server draws. */
const MARKS = new Set(["circle", "square", "triangle", "star", "cross", "x"]);

function symbol(s: Symbolizer, rule: string, lost: Lost[]): Symbolizer | null {
  const kind = KINDS[s.kind];
  if (kind) {
    lost.push([`« ${rule} » : ${kind[0]}`, `“${rule}”: ${kind[1]}`]);
    return null;
  }
  if (s.kind === "Mark" && !MARKS.has(String(s.wellKnownName).toLowerCase())) {
    lost.push([`« ${rule} » : le symbole « ${String(s.wellKnownName)} » devient un rond`, `“${rule}”: the mark “${String(s.wellKnownName)}” becomes a circle`]);
    return { ...s, wellKnownName: "circle" };
  }
  if (s.kind === "Fill" && s.graphicFill) {
    lost.push([`« ${rule} » : un motif de remplissage`, `“${rule}”: a fill pattern`]);
    const rest = { ...s };
    delete rest.graphicFill;
    return rest;
  }
  if (s.kind === "Line" && s.graphicStroke) {
    lost.push([`« ${rule} » : un motif le long des lignes`, `“${rule}”: a pattern along lines`]);
    const rest = { ...s };
    delete rest.graphicStroke;
    return rest;
  }
  return s;
}

/** What of a style we can serve, and what we cannot. */
export function kept(style: Style): Read {
  const lost: Lost[] = [];
  const rules: Rule[] = [];
  for (const [n, rule] of style.rules.entries()) {
    const name = String(rule.name || n + 1);
    const filter = rule.filter === undefined ? undefined : plainFilter(rule.filter);
    if (filter === null) {
      lost.push([`« ${name} » : une condition qui n’a pas d’équivalent`, `“${name}”: a condition that has no equal`]);
      continue;
    }
    // a parser may leave them out
    const symbolizers = ((rule.symbolizers as Symbolizer[] | undefined) ?? []).map((s) => symbol(s, name, lost)).filter((s): s is Symbolizer => s !== null);
    if (symbolizers.length === 0) {
      lost.push([`« ${name} » : aucun symbole qui se dessine`, `“${name}”: no symbol that can be drawn`]);
      continue;
    }
    rules.push({ ...rule, name, ...(filter ? { filter } : {}), symbolizers });
  }
  return { style: { name: style.name, rules }, lost };
}

/** Reads a style file by its name and its text.
 *  @throws when it is none of the three kinds, or nothing of it can be drawn. */
export async function readStyle(file: string, text: string): Promise<Read> {
  const read = async (): Promise<{ output?: Style; errors?: Error[]; unsupportedProperties?: unknown; warnings?: string[] }> => {
    if (/\.qml$/i.test(file)) {
      const { QGISStyleParser } = await import("geostyler-qgis-parser");
      return (await new QGISStyleParser().readStyle(text)) as never;
    }
    if (/\.json$/i.test(file)) {
      const { MapboxStyleParser } = await import("geostyler-mapbox-parser");
      return (await new MapboxStyleParser().readStyle(JSON.parse(text) as never)) as never;
    }
    const { SldStyleParser } = await import("geostyler-sld-parser");
    const version = /<(?:\w+:)?StyledLayerDescriptor[^>]*version="1\.1/.test(text) ? "1.1.0" : "1.0.0";
    return new SldStyleParser({ sldVersion: version }).readStyle(text);
  };
  const said = await read();
  if (!said.output) throw new Error(said.errors?.[0]?.message ?? file);
  const { style, lost } = kept(said.output);
  for (const warning of said.warnings ?? []) lost.push([warning, warning]);
  if (style.rules.length === 0) throw new Error(lost.map((l) => l[1]).join("; ") || file);
  return { style, lost };
}

/** SLD 1.0.0, what the platform's WMS reads. */
export async function toSld(style: Style): Promise<string> {
  const { SldStyleParser } = await import("geostyler-sld-parser");
  const { output, errors } = await new SldStyleParser({ sldVersion: "1.0.0" }).writeStyle(style);
  if (!output) throw new Error(errors?.[0]?.message ?? "SLD");
  return output;
}

/** Text that looks like a number may be text in the data: either is right. */
function loose(filter: unknown): unknown {
  if (!Array.isArray(filter)) return filter;
  const [operator, ...rest] = filter as [string, ...unknown[]];
  if (operator === "all" || operator === "any" || operator === "none") return [operator, ...rest.map(loose)];
  const [field, value] = rest;
  const twin = typeof value === "number" ? String(value) : typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : null;
  if ((operator === "==" || operator === "!=") && twin !== null) return [operator === "==" ? "any" : "all", [operator, field, value], [operator, field, twin]];
  return filter;
}

/** The layers of a Mapbox style, for tiles. */
export async function toMapbox(style: Style): Promise<StyledLayer[]> {
  const { MapboxStyleParser } = await import("geostyler-mapbox-parser");
  // this format has one opacity for a fill, and rounds for every mark
  const rules = style.rules.map((r) => ({
    ...r,
    symbolizers: r.symbolizers.map((s) => (s.kind === "Fill" && s.fillOpacity !== undefined ? { ...s, opacity: s.fillOpacity } : s.kind === "Mark" ? { ...s, wellKnownName: "circle" as const } : s)),
  }));
  const { output, errors } = await new MapboxStyleParser().writeStyle({ ...style, rules } as never);
  if (!output) throw new Error(errors?.[0]?.message ?? "Mapbox");
  const written = (typeof output === "string" ? JSON.parse(output) : output) as { layers: StyledLayer[] };
  return written.layers.map((l) => ("filter" in l ? { ...l, filter: loose(l["filter"]) } : l));
}
