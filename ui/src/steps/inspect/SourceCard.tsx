/** One source: what it is, its layers, their fields with a value of each. */
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Layer } from "../../bindings/Layer";
import type { Raster } from "../../bindings/Raster";
import type { SeenSource } from "../../bindings/SeenSource";
import { keys, rows } from "../../platform/queries";
import { bytes, count, useLanguage, useWords, value } from "../../platform/words";
import { Note } from "../../shared/pieces";
import { Bands } from "./Bands";
import { inspectWords } from "./Inspect.locale";
import { SetFacts } from "./SetFacts";
import { Why } from "./Why";

const nameOf = (path: string) => path.split(/[\\/]/).at(-1) ?? path;

export function SourceCard({ source: { key, inventory }, colorOf, folded, reading }: { source: SeenSource; colorOf: (at: number) => string | undefined; folded: boolean; reading: boolean }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  const facts = [inventory.driver, bytes(inventory.bytes, language), words.files(inventory.files.length)].filter(Boolean).join(" · ");
  const head = (
    <div className="stack" style={{ gap: 2 }}>
      <div className="row spread line">
        <h2 className="cut" title={inventory.path}>
          {nameOf(inventory.path)}
        </h2>
        <span className={`tag ${inventory.kind === "unreadable" ? "blocks" : ""}`}>{words.kinds[inventory.kind]}</span>
      </div>
      <p className="soft small">{facts}</p>
    </div>
  );
  const inside = (
    <>
      {inventory.problem && (
        <Note look="blocks">
          <p>
            <Why problem={inventory.problem} file={nameOf(inventory.path)} />
          </p>
        </Note>
      )}
      {inventory.raster_set && <SetFacts set={inventory.raster_set} />}
      {inventory.raster && <RasterFacts raster={inventory.raster} reading={reading} />}
      {inventory.layers.map((layer, at) => (
        <LayerFacts key={layer.name} sourceKey={key} at={at} layer={layer} color={colorOf(at)} />
      ))}
    </>
  );
  return folded ? (
    <details className="card slim" data-testid="source">
      <summary>{head}</summary>
      {inside}
    </details>
  ) : (
    <section className="card" data-testid="source">
      {head}
      {inside}
    </section>
  );
}

function RasterFacts({ raster, reading }: { raster: Raster; reading: boolean }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  return (
    <>
      <dl className="facts">
        <dt>{words.size}</dt>
        <dd className="num">
          {count(raster.width, language)} × {count(raster.height, language)} px
        </dd>
        <dt>{words.crs}</dt>
        <dd>{raster.crs ? <Crs code={raster.crs.code} name={raster.crs.name} /> : <span className="tag blocks">{words.noCrs}</span>}</dd>
        {raster.resolution && (
          <>
            <dt>{words.resolution}</dt>
            <dd className="num">{raster.resolution.map((r) => value(Math.abs(r), language)).join(" × ")}</dd>
      
    </>
      )}
      <dt>{words.overviews}</dt>
      <dd className="num">{raster.overviews === 0 ? words.none : raster.overviews}</dd>
      {raster.compression && (
        <>
          <dt>{words.compression}</dt>
          <dd>{raster.compression}</dd>
        </>
      )}
      <dt>{words.transparency}</dt>
      <dd>{words.transparencies[raster.transparency]}</dd>
    </dl>
    <div className="layer">
      <h3>{words.bands}</h3>
      <Bands bands={raster.bands} reading={reading} />
    </div>
    </>
  );
}

function Crs({ code, name }: { code: string | null; name: string | null }): ReactNode {
  const words = useWords(inspectWords);
  return (
    <>
      <strong>{code ?? words.unidentified}</strong> <span className="soft">{name}</span>
    </>
  );
}

function LayerFacts({ sourceKey, at, layer, color }: { sourceKey: string; at: number; layer: Layer; color: string | undefined }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  const kind = layer.geometry.replace(/ (Z|M|ZM)$/, "") as keyof typeof words.geometries;
  return (
    <div className="layer">
      <h3 className="row tight">
        {color && <span className="swatch" style={{ background: color }} aria-hidden />}
        <span className="anywhere">{layer.name}</span>
      </h3>
      <dl className="facts">
        <dt>{words.features}</dt>
        <dd className="num" data-testid="features">
          {layer.features === null ? "?" : count(layer.features, language)}
        </dd>
        <dt>{words.geometry}</dt>
        <dd>{words.geometries[kind] ?? layer.geometry}</dd>
        {layer.geometry !== "None" && (
          <>
            <dt>{words.crs}</dt>
            <dd>{layer.crs ? <Crs code={layer.crs.code} name={layer.crs.name} /> : <span className="tag blocks">{words.noCrs}</span>}</dd>
          </>
        )}
        {layer.encoding && (
          <>
            <dt>{words.encoding}</dt>
            <dd>{layer.encoding.name ?? layer.encoding.candidates.map((c) => c.name).join(" / ")}</dd>
          </>
        )}
      </dl>
      {layer.fields.length > 0 && <Fields sourceKey={sourceKey} at={at} layer={layer} />}
    </div>
  );
}

function Fields({ sourceKey, at, layer }: { sourceKey: string; at: number; layer: Layer }) {
  const words = useWords(inspectWords);
  const [open, setOpen] = useState(false);
  const asked = { key: sourceKey, layer: at, offset: 0, limit: 5, sort: null, descending: false, filter: null, fid: null };
  const sample = useQuery({ queryKey: [...keys.rows(asked), "sample"], queryFn: () => rows(asked), enabled: open });
  const example = (n: number) => sample.data?.rows.map((r) => r.values[n]).find((v) => v !== null && v !== "");
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary className="small strong">{words.fields(layer.fields.length)}</summary>
      <ul className="fieldlist">
        {layer.fields.map((field, n) => (
          <li key={field.name}>
            <span className="anywhere">
              <code>{field.name}</code> <span className="soft tiny">{field.type}</span>
            </span>
            {example(n) && (
              <span className="soft tiny cut" style={{ maxWidth: "45%" }} title={example(n) ?? ""}>
                {words.like} {example(n)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
