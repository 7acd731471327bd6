/** How a table looks on the map, as a person chooses it, and the rules that this makes. Pure. */
import type { Filter, Rule, Style, Symbolizer } from "geostyler-style";

export type Shape = "point" | "line" | "polygon";

export interface Class {
  value: string;
  /** Of a range: from `value` up to this, not included but for the last. */
  to?: number;
  color: string;
}

export type Kind = "one" | "categories" | "ranges" | "imported";

export interface Look {
  shape: Shape;
  kind: Kind;
  field: string | null;
  color: string;
  classes: Class[];
  outline: string;
  width: number;
  /** 0 to 1. */
  opacity: number;
  /** Radius of a point. */
  size: number;
  label: string | null;
  /** What a file brought, and what of it is lost, French first. */
  imported: { name: string; style: Style; lost: [string, string][] } | null;
}

/** Told apart by eyes that see few colours: Okabe and Ito, Paul Tol's muted, Viridis, Cividis. */
export const PALETTES: Record<string, { name: [string, string]; ordered: boolean; colors: string[] }> = {
  okabe: { name: ["Okabe-Ito", "Okabe-Ito"], ordered: false, colors: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f"] },
  muted: { name: ["Douce (Tol)", "Muted (Tol)"], ordered: false, colors: ["#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499"] },
  viridis: { name: ["Viridis", "Viridis"], ordered: true, colors: ["#fde725", "#7ad151", "#22a884", "#2a788e", "#414487", "#440154"] },
  cividis: { name: ["Cividis", "Cividis"], ordered: true, colors: ["#fee838", "#cdbb6a", "#989385", "#6d7178", "#3e516c", "#00224e"] },
};

export const shapeOf = (geometry: string): Shape => (/polygon|surface/i.test(geometry) ? "polygon" : /line|curve/i.test(geometry) ? "line" : "point");

export const plain = (shape: Shape): Look => ({
  shape, kind: "one", field: null, color: "#3b8ea5", classes: [], outline: "#1b4b5a", width: shape === "line" ? 1.5 : 1, opacity: 0.6, size: 4, label: null, imported: null,
});

/** The n-th colour of a palette; those with an order are stretched over the whole. */
export function colorAt(palette: string, n: number, of: number): string {
  const { ordered, colors } = PALETTES[palette] ?? (PALETTES["okabe"] as (typeof PALETTES)[string]);
  const at = ordered && of > 1 ? Math.round((n * (colors.length - 1)) / (of - 1)) : n % colors.length;
  return colors[at] ?? "#7f7f7f";
}

const MOST_CLASSES = 24;

/** The values of a field, the commonest first. */
export function categoriesOf(values: readonly (string | null)[], palette: string): Class[] {
  const counts = new globalThis.Map<string, number>();
  for (const value of values) if (value !== null && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, MOST_CLASSES);
  return all.map(([value], n) => ({ value, color: colorAt(palette, n, all.length) }));
}

const tidy = (n: number) => Number(n.toPrecision(6));

/** Classes that hold as many features each, as far as equal values allow. */
export function rangesOf(values: readonly (string | null)[], count: number, palette: string): Class[] {
  const numbers = values.filter((v): v is string => v !== null && v.trim() !== "").map(Number).filter(Number.isFinite).sort((a, b) => a - b);
  if (numbers.length === 0) return [];
  const at = (n: number) => tidy(numbers[Math.min(numbers.length - 1, Math.floor((n * numbers.length) / count))] as number);
  const cuts = [...new Set([...Array.from({ length: count }, (_, n) => at(n)), tidy(numbers.at(-1) as number)])];
  const last = cuts.length - 1;
  if (last === 0) return [{ value: String(cuts[0]), to: cuts[0] as number, color: colorAt(palette, 0, 1) }];
  return cuts.slice(0, last).map((from, n) => ({ value: String(from), to: cuts[n + 1] as number, color: colorAt(palette, n, last) }));
}

function symbolizer(look: Look, color: string): Symbolizer {
  switch (look.shape) {
    case "polygon":
      return { kind: "Fill", color, fillOpacity: look.opacity, outlineColor: look.outline, outlineWidth: look.width };
    case "line":
      return { kind: "Line", color, width: look.width, opacity: 1 };
    case "point":
      return { kind: "Mark", wellKnownName: "circle", color, fillOpacity: look.opacity, radius: look.size, strokeColor: look.outline, strokeWidth: look.width };
  }
}

/** The look as rules over the table's own fields. */
export function styleOf(look: Look, name: string): Style {
  if (look.kind === "imported" && look.imported) return { ...look.imported.style, name };
  const rules: Rule[] = [];
  // in the same rule as the shape: some map servers draw the first rule that fits, and no other
  const label: Symbolizer[] = look.label
    ? [{ kind: "Text", label: `{{${look.label}}}`, color: "#1a1a1a", size: 12, haloColor: "#ffffff", haloWidth: 1.5 }]
    : [];
  if (look.kind === "one" || look.field === null || look.classes.length === 0) {
    rules.push({ name, symbolizers: [symbolizer(look, look.color), ...label] });
  } else {
    const field = look.field;
    look.classes.forEach((c, n) => {
      const filter: Filter =
        look.kind === "categories"
          ? ["==", field, c.value]
          : ["&&", [">=", field, Number(c.value)], [n === look.classes.length - 1 ? "<=" : "<", field, c.to ?? Number(c.value)]];
      rules.push({ name: look.kind === "categories" ? c.value : `${c.value} – ${c.to ?? ""}`, filter, symbolizers: [symbolizer(look, c.color), ...label] });
    });
  }
  return { name, rules };
}

/** The same style over fields of other names. */
export function withFields(style: Style, rename: (field: string) => string): Style {
  const filter = (f: unknown): unknown => {
    if (!Array.isArray(f)) return f;
    const [operator, ...rest] = f as [string, ...unknown[]];
    if (operator === "&&" || operator === "||" || operator === "!") return [operator, ...rest.map(filter)];
    const [field, ...values] = rest;
    return [operator, typeof field === "string" ? rename(field) : field, ...values];
  };
  const symbol = (s: Symbolizer): Symbolizer =>
    s.kind === "Text" && typeof s.label === "string" ? { ...s, label: s.label.replace(/\{\{([^}]+)\}\}/g, (_, f: string) => `{{${rename(f.trim())}}}`) } : s;
  return {
    ...style,
    rules: style.rules.map((r) => ({ ...r, ...(r.filter ? { filter: filter(r.filter) as Filter } : {}), symbolizers: r.symbolizers.map(symbol) })),
  };
}
