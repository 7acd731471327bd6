/** Images that are one data set: how many, how they are made, and those that are not right, by name. */
import type { RasterSet } from "../../bindings/RasterSet";
import type { RasterTile } from "../../bindings/RasterTile";
import { count, useLanguage, useWords } from "../../platform/words";
import { Note } from "../../shared/pieces";
import { inspectWords } from "./Inspect.locale";
import { Why } from "./Why";

const MOST = 200;

export const isFaulty = (tile: RasterTile) => tile.problem != null || tile.pixels_readable === false;

export function SetFacts({ set }: { set: RasterSet }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  const faulty = set.tiles.filter(isFaulty);
  const [common, ...others] = set.profiles;
  const unlike = set.tiles.filter((t) => t.profile !== null && t.profile !== undefined && t.profile > 0);
  return (
    <div className="stack tight" data-testid="set" data-tiles={set.tiles.length} data-faulty={faulty.length}>
      <p className="row tight">
        <strong className="num">{words.images(set.tiles.length, count(set.tiles.length, language))}</strong>
        {faulty.length === 0 ? <span className="tag good">{words.allOpen}</span> : <span className="tag blocks num">{words.faulty(count(faulty.length, language))}</span>}
      </p>
      {faulty.length > 0 && (
        <details data-testid="set-faulty">
          <summary className="small strong" data-testid="set-open">{words.whichFaulty}</summary>
          <ul className="fieldlist" tabIndex={0} aria-label={words.whichFaulty}>
            {faulty.slice(0, MOST).map((tile) => (
              <li key={tile.path} style={{ display: "block" }}>
                <code className="anywhere">{tile.path}</code>
                <p className="soft tiny">{tile.problem ? <Why problem={tile.problem} file={tile.path} /> : words.noPixels}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
      {others.length > 0 && common && (
        <Note look="degrades" testId="set-unlike">
          <p>{words.unlike(unlike.length, count(unlike.length, language))}</p>
          <ul className="small" style={{ margin: 0, paddingLeft: 18 }}>
            {set.profiles.map((p, at) => (
              <li key={at}>
                {words.images(p.tiles, count(p.tiles, language))} · {p.driver}, {p.bands.map((b) => b.color).join(" ")}, {p.bands[0]?.type}, {p.crs?.code ?? p.crs?.name ?? words.noCrs}
              </li>
            ))}
          </ul>
        </Note>
      )}
    </div>
  );
}
