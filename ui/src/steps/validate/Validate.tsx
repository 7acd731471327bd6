/** Validate: what the platform would say, by what there is to do, each thing shown where it is. */
import { useState } from "react";
import type { Finding } from "../../bindings/Finding";
import type { Judged } from "../../bindings/Judged";
import type { Level } from "../../bindings/Level";
import { count, pick, useLanguage, useWords } from "../../platform/words";
import { Map, type MapLayer, type MapPoint } from "../../shared/Map";
import { Act, LevelTag } from "../../shared/pieces";
import { validateWords } from "./Validate.locale";

const ORDER: Level[] = ["blocks", "degrades", "tells"];

/** The codes that a declared CRS answers. */
const ASKS_CRS = new Set(["CRS_MISSING", "CRS_UNIDENTIFIED"]);

const COMMON = ["EPSG:2154", "EPSG:4326", "EPSG:3857", "EPSG:2970", "EPSG:2975", "EPSG:5490", "EPSG:2972", "EPSG:4471"];

export function pointsOf(findings: Finding[], language: "fr" | "en"): MapPoint[] {
  return findings.flatMap((finding) => {
    const place = finding.place.point_wgs84;
    if (!place) return [];
    return [{ longitude: place[0], latitude: place[1], label: finding.sentences ? pick(finding.sentences, language) : finding.message }];
  });
}

export function Validate(props: {
  judged: Judged;
  srs: string | null;
  layers: MapLayer[];
  extent: [number, number, number, number] | null;
  online: boolean;
  onDeclare: (srs: string | null) => void;
}) {
  const words = useWords(validateWords);
  const language = useLanguage();
  const { judged } = props;
  const asks = judged.findings.some((f) => ASKS_CRS.has(f.code)) || props.srs !== null;
  const points = pointsOf(judged.findings, language).slice(0, 200);
  return (
    <div style={{ display: "grid", gap: 18 }}>
      <div className={`note ${judged.blocks > 0 ? "blocks" : judged.degrades > 0 ? "degrades" : "good"}`} role="status" data-testid="verdict" data-blocks={judged.blocks}>
        <p>
          <strong>{judged.blocks > 0 ? words.stops(judged.blocks) : judged.degrades > 0 ? words.passes : words.clean}</strong>
        </p>
        <p>{judged.blocks > 0 ? words.stopsMore : words.cleanMore}</p>
      </div>
      {asks && <DeclareCrs srs={props.srs} onDeclare={props.onDeclare} />}
      <div className={points.length > 0 ? "two" : ""}>
        <div style={{ display: "grid", gap: 18, minWidth: 0 }}>
          {ORDER.map((level) => {
            const own = judged.findings.filter((f) => f.level === level);
            if (own.length === 0) return null;
            return (
              <section key={level} style={{ display: "grid", gap: 10 }}>
                <h2>{words.groups[level]}</h2>
                <ul className="plainlist">
                  {own.slice(0, 100).map((finding, at) => (
                    <li className="card" key={at} data-testid="finding" data-code={finding.code}>
                      <div className="row">
                        <LevelTag level={finding.level} />
                        <code className="soft small">{finding.code}</code>
                        {finding.count > 1 && <span className="soft small">× {count(finding.count, language)}</span>}
                      </div>
                      <p style={{ overflowWrap: "anywhere" }}>{finding.sentences ? pick(finding.sentences, language) : finding.message}</p>
                      <Where finding={finding} />
                    </li>
                  ))}
                </ul>
                {own.length > 100 && <p className="soft">{words.more(count(own.length - 100, language))}</p>}
              </section>
            );
          })}
        </div>
        {points.length > 0 && <Map layers={props.layers} extent={props.extent} points={points} online={props.online} testId="validate-map" />}
      </div>
    </div>
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
  return parts.length > 0 ? <p className="soft small">{parts.join(" · ")}</p> : null;
}

function DeclareCrs({ srs, onDeclare }: { srs: string | null; onDeclare: (srs: string | null) => void }) {
  const words = useWords(validateWords);
  const [typed, setTyped] = useState(srs ?? "");
  const good = /^[A-Z]+:[A-Z0-9]+$/i.test(typed.trim());
  return (
    <section className="card">
      <h2>{words.declare}</h2>
      <p className="soft">{words.declareMore}</p>
      <div className="row">
        <label className="field" style={{ minWidth: 220 }}>
          {words.code}
          <input list="crs" value={typed} onChange={(e) => setTyped(e.target.value)} placeholder="EPSG:2154" data-testid="declare-crs" />
        </label>
        <datalist id="crs">
          {COMMON.map((code) => (
            <option key={code} value={code} />
          ))}
        </datalist>
        <Act onPress={() => onDeclare(typed.trim().toUpperCase())} isDisabled={!good} testId="declare">
          {words.apply}
        </Act>
        {srs && (
          <Act look="quiet" onPress={() => { setTyped(""); onDeclare(null); }}>
            {words.undo}
          </Act>
        )}
      </div>
    </section>
  );
}
