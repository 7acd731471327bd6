/** The one question that no file answers: which system the coordinates are in. */
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { useWords } from "../../platform/words";
import { Act } from "../../shared/pieces";
import { validateWords } from "./Validate.locale";

/** What France uses, by place. */
const COMMON: readonly (readonly [string, string])[] = [
  ["EPSG:2154", "Lambert-93 (métropole)"],
  ["EPSG:4326", "WGS 84, degrés"],
  ["EPSG:3857", "Web Mercator"],
  ["EPSG:5490", "RGAF09 UTM 20N (Antilles)"],
  ["EPSG:2972", "RGFG95 UTM 22N (Guyane)"],
  ["EPSG:2975", "RGR92 UTM 40S (La Réunion)"],
  ["EPSG:4471", "RGM04 UTM 38S (Mayotte)"],
  ["EPSG:4467", "RGSPM06 UTM 21N (Saint-Pierre-et-Miquelon)"],
  ["EPSG:27572", "Lambert II étendu"],
  ...[42, 43, 44, 45, 46, 47, 48, 49, 50].map((n) => [`EPSG:39${n}`, `CC${n}`] as const),
];

export function DeclareCrs({ srs, onDeclare }: { srs: string | null; onDeclare: (srs: string | null) => void }) {
  const words = useWords(validateWords);
  const [typed, setTyped] = useState(srs ?? "");
  const code = typed.trim().toUpperCase();
  const good = /^[A-Z]+:[A-Z0-9]+$/.test(code);
  return (
    <section className="card slim">
      <div>
        <h3>{words.declare}</h3>
        <p className="soft small">{words.declareMore}</p>
      </div>
      <div className="row" style={{ alignItems: "end" }}>
        <label className="field" style={{ flex: "1 1 240px" }}>
          {words.code}
          <select value={COMMON.some(([known]) => known === code) ? code : ""} onChange={(e) => setTyped(e.target.value)} data-testid="choose-crs">
            <option value="">{words.choose}</option>
            {COMMON.map(([known, name]) => (
              <option key={known} value={known}>
                {known} · {name}
              </option>
            ))}
          </select>
        </label>
        <label className="field" style={{ flex: "1 1 150px" }}>
          {words.typed}
          <input value={typed} onChange={(e) => setTyped(e.target.value)} placeholder="EPSG:2154" data-testid="declare-crs" spellCheck={false} />
        </label>
        <Act look="first" onPress={() => onDeclare(code)} isDisabled={!good || code === srs} testId="declare">
          {words.apply}
        </Act>
      </div>
      {srs && (
        <div className="row spread">
          <span className="tag good">{words.stated(srs)}</span>
          <Act look="quiet slim" icon={Undo2} onPress={() => { setTyped(""); onDeclare(null); }}>
            {words.undo}
          </Act>
        </div>
      )}
    </section>
  );
}
