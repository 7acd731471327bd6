/** The style of one table: one colour, by value, by range, labels, or a file's; seen as it changes. */
import { useQuery } from "@tanstack/react-query";
import { Check, FileUp } from "lucide-react";
import { useRef, useState } from "react";
import type { Extent } from "../../bindings/Extent";
import type { Field } from "../../bindings/Field";
import { failureOf } from "../../platform/host";
import { keys, rows } from "../../platform/queries";
import { count, pick, useLanguage, useWords } from "../../platform/words";
import { Map, type MapLayer } from "../../shared/Map";
import { Act, Ask, FailureNote, Note, Segments, Waiting } from "../../shared/pieces";
import { categoriesOf, colorAt, PALETTES, rangesOf, styleOf, withFields, type Kind, type Look } from "./look";
import { styleWords } from "./Style.locale";
import { readStyle, toMapbox } from "./translate";

const MOST_ROWS = 20_000;
const PAGE = 1_000;

/** The values of a column, of the first features when there are very many. */
async function valuesOf(sourceKey: string, layer: number, field: string): Promise<{ values: (string | null)[]; total: number }> {
  const values: (string | null)[] = [];
  let total = 1;
  while (values.length < Math.min(total, MOST_ROWS)) {
    const page = await rows({ key: sourceKey, layer, offset: values.length, limit: PAGE, sort: null, descending: false, filter: null, fid: null });
    const at = page.fields.indexOf(field);
    if (page.rows.length === 0 || at < 0) break;
    values.push(...page.rows.map((r) => r.values[at] ?? null));
    total = page.total;
  }
  return { values, total };
}

export interface Styled {
  table: string;
  sourceKey: string;
  at: number;
  fields: Field[];
  map: MapLayer | null;
  extent: Extent | null;
}

export function StyleEditor(props: { of: Styled; look: Look; online: boolean; onClose: () => void; onDone: (look: Look) => void }) {
  const words = useWords(styleWords);
  const language = useLanguage();
  const { of } = props;
  const [look, setLook] = useState(props.look);
  const [palette, setPalette] = useState("okabe");
  const [steps, setSteps] = useState(5);
  const [wrong, setWrong] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const set = (change: Partial<Look>) => setLook((now) => ({ ...now, ...change }));
  const byField = look.kind === "categories" || look.kind === "ranges";
  const values = useQuery({
    queryKey: [...keys.values(of.sourceKey, of.at), look.field],
    queryFn: () => valuesOf(of.sourceKey, of.at, look.field ?? ""),
    enabled: byField && look.field !== null,
    staleTime: Infinity,
  });
  const classify = (kind: Kind, all: (string | null)[], chosen: string, n: number) =>
    kind === "ranges" ? rangesOf(all, n, chosen) : categoriesOf(all, chosen);
  const fresh = values.data && look.classes.length === 0 ? classify(look.kind, values.data.values, palette, steps) : look.classes;
  const shown: Look = byField ? { ...look, classes: fresh } : look;

  // the tiles of one's own data have the file's own names
  const own = (name: string) => of.fields.find((f) => f.name === name)?.name ?? of.fields.find((f) => f.name.toLowerCase() === name.toLowerCase())?.name ?? name;
  const drawn = useQuery({
    queryKey: ["style", of.table, JSON.stringify(shown)],
    queryFn: () => toMapbox(withFields(styleOf(shown, of.table), own)),
    placeholderData: (before) => before,
  });
  const choosePalette = (name: string) => {
    setPalette(name);
    set({ classes: fresh.map((c, n) => ({ ...c, color: colorAt(name, n, fresh.length) })) });
  };
  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    try {
      set({ kind: "imported", imported: { name: chosen.name, ...(await readStyle(chosen.name, await chosen.text())) } });
      setWrong(null);
    } catch (fault) {
      console.info(fault);
      setWrong(chosen.name);
    }
  };
  const kinds: Kind[] = look.imported ? ["one", "categories", "ranges", "imported"] : ["one", "categories", "ranges"];
  return (
    <Ask title={words.title(of.table)} onClose={props.onClose} large testId="style-editor">
      <div className="styler">
        <div className="stack">
          <Segments label={words.kind} value={look.kind} of={kinds.map((k) => [k, words.kinds[k]] as const)} onChange={(kind) => set({ kind, classes: [] })} testId="style-kind" />
          {look.kind === "one" && (
            <label className="field">
              {words.color}
              <input type="color" value={look.color} onChange={(e) => set({ color: e.target.value })} data-testid="style-color" />
            </label>
          )}
          {byField && (
            <>
              <label className="field">
                {words.field}
                <select value={look.field ?? ""} onChange={(e) => set({ field: e.target.value || null, classes: [] })} data-testid="style-field">
                  <option value="">{words.choose}</option>
                  {of.fields.map((f) => (
                    <option key={f.name} value={f.name}>
                      {f.name} ({f.type})
                    </option>
                  ))}
                </select>
              </label>
              {look.kind === "ranges" && (
                <label className="field">
                  {words.classes}
                  <input type="number" min={2} max={9} value={steps} onChange={(e) => { setSteps(Math.max(2, Math.min(9, Number(e.target.value) || 2))); set({ classes: [] }); }} />
                </label>
              )}
              <div className="field">
                {words.palette}
                <div className="palettes" role="group" aria-label={words.palette}>
                  {Object.entries(PALETTES).map(([name, p]) => (
                    <button type="button" key={name} aria-pressed={palette === name} data-palette={name} onClick={() => choosePalette(name)}>
                      {pick(p.name, language)}
                      <span className="palette" aria-hidden>
                        {p.colors.map((c) => (
                          <i key={c} style={{ background: c }} />
                        ))}
                      </span>
                    </button>
                  ))}
                </div>
                <small>{words.paletteMore}</small>
              </div>
              {values.isFetching && <Waiting lines={2}>{words.reading}</Waiting>}
              {values.error && <FailureNote failure={failureOf(values.error)} />}
              {values.data && look.kind === "ranges" && fresh.length === 0 && <Note look="degrades">{<p>{words.noNumber}</p>}</Note>}
              <ul className="classes" data-testid="style-classes">
                {fresh.map((c, n) => (
                  <li key={c.value}>
                    <input
                      type="color"
                      aria-label={words.colorOf(c.value)}
                      value={c.color}
                      onChange={(e) => set({ classes: fresh.map((k, m) => (m === n ? { ...k, color: e.target.value } : k)) })}
                    />
                    <span className="anywhere">{c.to === undefined ? c.value : `${c.value} – ${c.to}`}</span>
                  </li>
                ))}
              </ul>
              {values.data && values.data.total > values.data.values.length && <p className="soft small">{words.sampled(count(values.data.values.length, language))}</p>}
            </>
          )}
          {look.kind === "imported" && look.imported && (
            <Note look={look.imported.lost.length > 0 ? "degrades" : "good"} title={words.imported(look.imported.name)} testId="style-lost">
              <p className="small">{look.imported.lost.length > 0 ? words.lost : words.whole}</p>
              {look.imported.lost.length > 0 && (
                <ul className="small" style={{ paddingLeft: 18 }}>
                  {look.imported.lost.map((l) => (
                    <li key={l[1]}>{pick(l, language)}</li>
                  ))}
                </ul>
              )}
            </Note>
          )}
          {look.kind !== "imported" && (
            <div className="grid" style={{ gridTemplateColumns: "repeat(3, minmax(0, 1fr))" }}>
              {look.shape !== "line" && (
                <label className="field">
                  {words.outline}
                  <input type="color" value={look.outline} onChange={(e) => set({ outline: e.target.value })} />
                </label>
              )}
              <label className="field">
                {words.width}
                <input type="number" min={0} max={12} step={0.5} value={look.width} onChange={(e) => set({ width: Math.max(0, Number(e.target.value)) })} />
              </label>
              {look.shape === "point" && (
                <label className="field">
                  {words.size}
                  <input type="number" min={1} max={30} value={look.size} onChange={(e) => set({ size: Math.max(1, Number(e.target.value)) })} />
                </label>
              )}
              {look.shape !== "line" && (
                <label className="field">
                  {words.opacity}
                  <input type="range" min={0.1} max={1} step={0.1} value={look.opacity} onChange={(e) => set({ opacity: Number(e.target.value) })} />
                </label>
              )}
            </div>
          )}
          {look.kind !== "imported" && (
            <label className="field">
              {words.label}
              <select value={look.label ?? ""} onChange={(e) => set({ label: e.target.value || null })} data-testid="style-label">
                <option value="">{words.noLabel}</option>
                {of.fields.map((f) => (
                  <option key={f.name} value={f.name}>
                    {f.name}
                  </option>
                ))}
              </select>
            </label>
          )}
          <input ref={file} type="file" accept=".sld,.xml,.qml,.json" hidden onChange={(e) => void read(e.target.files?.[0])} data-testid="style-file" />
          <div>
            <Act look="slim" icon={FileUp} onPress={() => file.current?.click()} testId="style-import">
              {words.import}
            </Act>
          </div>
          {wrong && <Note look="blocks" role="alert">{<p>{words.wrong(wrong)}</p>}</Note>}
        </div>
        <div className="stack tight">
          {of.map && (
            <Map
              layers={[{ ...of.map, ...(drawn.data ? { style: drawn.data } : {}) }]}
              extent={of.extent}
              online={props.online}
              over={<Legend look={shown} />}
              label={words.map}
              testId="style-map"
            />
          )}
          {drawn.error && <FailureNote failure={failureOf(drawn.error)} />}
        </div>
      </div>
      <div className="row end">
        <Act onPress={props.onClose}>{words.cancel}</Act>
        <Act look="first" icon={Check} onPress={() => props.onDone(shown)} isDisabled={byField && fresh.length === 0} testId="style-done">
          {words.apply}
        </Act>
      </div>
    </Ask>
  );
}

/** What the colours say. */
export function Legend({ look }: { look: Look }) {
  const words = useWords(styleWords);
  const own =
    look.kind === "imported"
      ? (look.imported?.style.rules ?? []).flatMap((r) => {
          const first = r.symbolizers[0] as { color?: unknown } | undefined;
          return [{ name: r.name, color: typeof first?.color === "string" ? first.color : "transparent" }];
        })
      : look.classes.map((c) => ({ name: c.to === undefined ? c.value : `${c.value} – ${c.to}`, color: c.color }));
  if (look.kind === "one" || own.length === 0) return null;
  return (
    <ul className="legend" aria-label={words.legend} data-testid="legend">
      {own.slice(0, 24).map((c) => (
        <li key={c.name}>
          <span className="swatch" style={{ background: c.color, border: "1px solid var(--line-strong)" }} aria-hidden />
          {c.name}
        </li>
      ))}
    </ul>
  );
}
