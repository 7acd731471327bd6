/** Validate: what the platform would say, by what there is to do, each thing shown where it is. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, CircleCheck, OctagonX, TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Finding } from "../../bindings/Finding";
import type { Judged } from "../../bindings/Judged";
import type { SeenSource } from "../../bindings/SeenSource";
import { catalogue, keys } from "../../platform/queries";
import { count, pick, useLanguage, useWords, type Language } from "../../platform/words";
import { Map, type MapLayer, type MapPoint } from "../../shared/Map";
import { Icon, LEVEL_ICONS, Sentence } from "../../shared/pieces";
import { Table } from "../../shared/Table";
import { DeclareCrs } from "./DeclareCrs";
import { kindsOf, TODO_ORDER, type Kind } from "./findings";
import { validateWords } from "./Validate.locale";

/** The codes that a declared CRS answers. */
const ASKS_CRS = new Set(["CRS_MISSING", "CRS_UNIDENTIFIED", "OUTSIDE_CRS_AREA"]);

const MOST_POINTS = 200;

const said = (finding: Finding, language: Language) => (finding.sentences ? pick(finding.sentences, language) : finding.message);

export function pointsOf(findings: Finding[], language: Language): (MapPoint & { of: Finding })[] {
  return findings.flatMap((finding) => {
    const place = finding.place.point_wgs84;
    return place ? [{ longitude: place[0], latitude: place[1], label: said(finding, language).replaceAll("`", ""), of: finding }] : [];
  });
}

/** The table where a finding's feature is. */
function tableOf(finding: Finding | null, sources: SeenSource[]): { key: string; at: number; fid: number; name: string } | null {
  const { layer, feature, file } = finding?.place ?? {};
  if (!layer || feature === null || feature === undefined) return null;
  const own = sources.filter((s) => !file || s.inventory.path === file || s.inventory.path.endsWith(file));
  for (const { key, inventory } of own.length > 0 ? own : sources) {
    const at = inventory.layers.findIndex((l) => l.name === layer);
    if (at >= 0) return { key, at, fid: feature, name: layer };
  }
  return null;
}

export function Validate(props: {
  judged: Judged;
  srs: string | null;
  layers: MapLayer[];
  extent: [number, number, number, number] | null;
  online: boolean;
  onDeclare: (srs: string | null) => void;
  /** The codes that the repairs answer, and the screen of those repairs. */
  repairable?: ReadonlySet<string>;
  repairs?: ReactNode;
}) {
  const words = useWords(validateWords);
  const language = useLanguage();
  const { judged } = props;
  const [chosen, choose] = useState<Finding | null>(null);
  const asks = judged.findings.some((f) => ASKS_CRS.has(f.code)) || props.srs !== null;
  const kinds = kindsOf(judged.findings, props.repairable);
  const points = pointsOf(judged.findings, language).slice(0, MOST_POINTS);
  const at = points.findIndex((p) => p.of === chosen);
  const table = tableOf(chosen, judged.sources);
  return (
    <div className="stack loose">
      <Verdict judged={judged} />
      <div className={points.length > 0 ? "two" : "stack"} style={points.length > 0 ? {} : { maxWidth: 860, width: "100%", margin: "0 auto" }}>
        <div className="stack loose">
          {TODO_ORDER.map((todo) => {
            const own = kinds.filter((k) => k.todo === todo);
            const extra = todo === "decide" && asks ? <DeclareCrs srs={props.srs} onDeclare={props.onDeclare} /> : todo === "repair" ? props.repairs : null;
            if (own.length === 0 && !extra) return null;
            return (
              <section key={todo} className="stack tight" data-testid="group" data-todo={todo}>
                <h2>{words.groups[todo]}</h2>
                {own.map((kind) => (
                  <FindingKind key={kind.code} kind={kind} chosen={chosen} onChoose={choose} open={todo === "decide" || todo === "mend"} />
                ))}
                {extra}
              </section>
            );
          })}
        </div>
        {points.length > 0 && (
          <div className="stack sticky">
            <Map
              layers={props.layers}
              extent={props.extent}
              points={points}
              chosen={at < 0 ? null : at}
              onChoose={(n) => choose(points[n]?.of ?? null)}
              online={props.online}
              label={words.map}
              testId="validate-map"
            />
            {table && <Table key={`${table.key}/${table.at}/${table.fid}`} sourceKey={table.key} layer={table.at} label={words.row} fid={table.fid} onAll={() => choose(null)} />}
          </div>
        )}
      </div>
    </div>
  );
}

function Verdict({ judged }: { judged: Judged }) {
  const words = useWords(validateWords);
  const look = judged.blocks > 0 ? "blocks" : judged.degrades > 0 ? "degrades" : "good";
  return (
    <div className={`verdict ${look}`} role="status" data-testid="verdict" data-blocks={judged.blocks}>
      <Icon of={look === "blocks" ? OctagonX : look === "degrades" ? TriangleAlert : CircleCheck} />
      <div>
        <h2>{look === "blocks" ? words.stops(judged.blocks) : look === "degrades" ? words.passes : words.clean}</h2>
        <p>{look === "blocks" ? words.stopsMore : look === "degrades" ? words.passesMore : words.cleanMore}</p>
      </div>
    </div>
  );
}

function FindingKind({ kind, chosen, onChoose, open }: { kind: Kind; chosen: Finding | null; onChoose: (f: Finding) => void; open: boolean }) {
  const words = useWords(validateWords);
  const language = useLanguage();
  const first = kind.findings[0];
  const codes = useQuery({ queryKey: keys.catalogue, queryFn: catalogue, staleTime: Infinity });
  const why = codes.data?.find((c) => c.code === kind.code)?.why;
  if (!first) return null;
  return (
    <details className={`finding ${kind.level}`} data-testid="finding" data-code={kind.code} open={open}>
      <summary>
        <Icon of={LEVEL_ICONS[kind.level]} />
        <span className="anywhere">
          <Sentence>{said(first, language)}</Sentence>
        </span>
        <span className="row tight line">
          {kind.count > 1 && <span className="tag plain num">{words.times(count(kind.count, language))}</span>}
          <Icon of={ChevronDown} />
        </span>
      </summary>
      <div className="inside">
        {why && <p className="soft small">{pick(why, language)}</p>}
        <ul className="places">
          {kind.findings.slice(0, 100).map((finding, at) => {
            const shows = finding.place.point_wgs84 !== null || finding.place.feature !== null;
            const text = (
              <>
                {kind.findings.length > 1 && (
                  <span className="anywhere">
                    <Sentence>{said(finding, language)}</Sentence>{" "}
                  </span>
                )}
                <Where finding={finding} />
              </>
            );
            return (
              <li key={at}>
                {shows ? (
                  <button type="button" aria-pressed={finding === chosen} onClick={() => onChoose(finding)}>
                    {text}
                  </button>
                ) : (
                  <div style={{ padding: "4px 8px" }}>{text}</div>
                )}
              </li>
            );
          })}
        </ul>
        {kind.findings.length > 100 && <p className="soft small">{words.more(count(kind.findings.length - 100, language))}</p>}
        <code className="soft tiny">{kind.code}</code>
      </div>
    </details>
  );
}

function Where({ finding: { place } }: { finding: Finding }) {
  const words = useWords(validateWords);
  const parts = [
    place.layer && `${words.layer} ${place.layer}`,
    place.field && `${words.field} ${place.field}`,
    place.feature !== undefined && place.feature !== null && `${words.feature} ${place.feature}`,
    place.point && place.point.map((n) => n.toFixed(2)).join(" ; "),
  ].filter(Boolean);
  return parts.length > 0 ? <span className="soft tiny anywhere">{parts.join(" · ")}</span> : null;
}
