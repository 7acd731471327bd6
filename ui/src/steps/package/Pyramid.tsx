/** The pyramid that images become: what Quai chose, what it costs, and every other choice for who wants it. */
import { useQuery } from "@tanstack/react-query";
import { Clock, HardDrive, RotateCcw } from "lucide-react";
import { useState } from "react";
import type { PyramidShown } from "../../bindings/PyramidShown";
import type { PyramidWish } from "../../bindings/PyramidWish";
import { NO_WISH, type Choices } from "../../journey/journey";
import { failureOf } from "../../platform/host";
import { keys, pyramid } from "../../platform/queries";
import { bytes, count, ground, pick, useLanguage, useWords, wordFor } from "../../platform/words";
import { Act, FailureNote, Icon, Note, Waiting } from "../../shared/pieces";
import { pyramidWords } from "./Pyramid.locale";

const isDefault = (wish: PyramidWish) => Object.values(wish).every((v) => v === null);

function useTime(): (seconds: number) => string {
  const words = useWords(pyramidWords);
  return (seconds) => {
    if (seconds < 60) return words.moment;
    const minutes = Math.round(seconds / 60);
    return minutes < 90 ? words.minutes(minutes) : words.hours(Math.round(minutes / 60));
  };
}

export function Pyramid({ paths, choices, onChange }: { paths: string[]; choices: Choices; onChange: (change: Partial<Choices>) => void }) {
  const words = useWords(pyramidWords);
  const wish = choices.pyramid;
  const [open, setOpen] = useState(!isDefault(wish));
  const query = useQuery({
    queryKey: keys.pyramid(paths, choices.services, choices.srs, wish),
    queryFn: () => pyramid({ paths, name: choices.name.trim() || "images", services: choices.services, srs: choices.srs, wish }),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  const set = (change: Partial<PyramidWish>) => onChange({ pyramid: { ...wish, ...change } });
  const reset = () => onChange({ pyramid: NO_WISH });
  return (
    <section className="card" data-testid="pyramid" data-ready={query.data !== undefined && !query.isFetching}>
      <div>
        <h2>{words.title}</h2>
        <p className="soft small">{words.more}</p>
      </div>
      {query.isLoading && <Waiting lines={3}>{words.reading}</Waiting>}
      {query.error && (
        <FailureNote failure={failureOf(query.error)} {...(isDefault(wish) ? { onRetry: () => void query.refetch() } : {})}>
          {!isDefault(wish) && (
            <Act icon={RotateCcw} onPress={reset} testId="pyramid-reset">
              {words.reset}
            </Act>
          )}
        </FailureNote>
      )}
      {query.data && !query.error && (
        <>
          <InShort shown={query.data} />
          <details open={open} onToggle={(e) => setOpen(e.currentTarget.open)} data-testid="pyramid-adjust">
            <summary className="small strong" data-testid="pyramid-open">{words.adjust}</summary>
            {open && (
              <div className="stack" style={{ marginTop: 12 }}>
                <Adjust shown={query.data} onSet={set} />
                {!isDefault(wish) && (
                  <div>
                    <Act look="slim" icon={RotateCcw} onPress={reset} testId="pyramid-reset">
                      {words.reset}
                    </Act>
                  </div>
                )}
              </div>
            )}
          </details>
        </>
      )}
    </section>
  );
}

/** What it will be, in words, and what it costs. */
function InShort({ shown: { plan, seconds, measured, room_bytes: room } }: { shown: PyramidShown }) {
  const words = useWords(pyramidWords);
  const language = useLanguage();
  const time = useTime();
  const compression = wordFor(words.compressions, plan.compression);
  const tooLarge = room !== null && plan.bytes > room;
  return (
    <div className="stack tight" data-testid="pyramid-plan" data-grid={plan.grid} data-compression={plan.compression} data-bottom={plan.bottom}>
      <p className="row tight">
        <strong>{words.inShort(ground(plan.resolution, language), plan.top, plan.bottom)}</strong>
        <span className="tag plain">{plan.grid}</span>
      </p>
      <p className="small">{compression}</p>
      <dl className="facts">
        <dt className="row tight line">
          <Icon of={HardDrive} />
          {words.storage}
        </dt>
        <dd className="num">
          {words.about(bytes(plan.bytes, language))} · {words.tiles(count(plan.tiles, language))}
          {room !== null && <span className="soft"> · {words.left(bytes(room, language))}</span>}
        </dd>
        <dt className="row tight line">
          <Icon of={Clock} />
          {words.time}
        </dt>
        <dd data-testid="pyramid-time">{seconds === null ? words.unmeasured : words.measured(time(seconds), measured)}</dd>
      </dl>
      {tooLarge && (
        <Note look="degrades" testId="pyramid-full">
          <p>{words.full}</p>
        </Note>
      )}
    </div>
  );
}

function Adjust({ shown, onSet }: { shown: PyramidShown; onSet: (change: Partial<PyramidWish>) => void }) {
  const words = useWords(pyramidWords);
  const language = useLanguage();
  const { plan } = shown;
  const why = (about: string) => {
    const reason = plan.reasons.find((r) => r.about === about);
    return reason && <small data-testid={`why-${about}`}>{`${words.why}${language === "fr" ? " : " : ": "}${pick(reason.text, language)}.`}</small>;
  };
  const size = (n: number) => ground(n, language);
  return (
    <>
      <label className="field">
        {words.grid}
        <select value={plan.grid} onChange={(e) => onSet({ grid: e.target.value, bottom: null, top: null })} data-testid="pyramid-grid">
          {plan.grids.map((g) => (
            <option key={g.id} value={g.id}>
              {words.gridOf(g.id, g.srs, size(g.resolution))}
            </option>
          ))}
        </select>
        {why("grid")}
        <small>{words.gridMore}</small>
      </label>
      <div className="grid" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 190px), 1fr))", alignItems: "start" }}>
        <label className="field">
          {words.bottom}
          <select value={plan.bottom} onChange={(e) => onSet({ bottom: Number(e.target.value) })} data-testid="pyramid-bottom">
            {shown.levels.map((l) => (
              <option key={l.level} value={l.level}>
                {words.levelOf(l.level, size(l.resolution), bytes(l.bytes, language))}
              </option>
            ))}
          </select>
          {why("levels")}
          <small>{words.bottomMore}</small>
        </label>
        <label className="field">
          {words.top}
          <select value={plan.top} onChange={(e) => onSet({ top: Number(e.target.value) })} data-testid="pyramid-top">
            {Array.from({ length: plan.bottom + 1 }, (_, level) => (
              <option key={level} value={level}>
                {level}
              </option>
            ))}
          </select>
          <small>{words.topMore}</small>
        </label>
      </div>
      <fieldset className="plain stack tight">
        <legend className="strong small">{words.compression}</legend>
        {shown.compressions.map((c) => (
          <label className="check" key={c.id} aria-disabled={c.refused !== null}>
            <input
              type="radio"
              name="compression"
              checked={c.id === plan.compression}
              disabled={c.refused !== null}
              onChange={() => onSet({ compression: c.id })}
              data-testid={`compression-${c.id}`}
            />
            <span>
              {wordFor(words.compressions, c.id)}
              {c.refused === null && <span className="soft num"> · {words.about(bytes(c.bytes, language))}</span>}
            </span>
            {c.refused && <small>{pick(c.refused, language)}</small>}
          </label>
        ))}
        {why("compression")}
      </fieldset>
      <label className="field">
        {words.interpolation}
        <select value={plan.interpolation} onChange={(e) => onSet({ interpolation: e.target.value })} data-testid="pyramid-interpolation">
          {shown.interpolations.map((i) => (
            <option key={i} value={i}>
              {wordFor(words.interpolations, i)}
            </option>
          ))}
        </select>
        {why("interpolation")}
      </label>
      <label className="check">
        <input type="checkbox" checked={plan.mask} onChange={(e) => onSet({ mask: e.target.checked })} data-testid="pyramid-mask" />
        {words.mask}
        <small>{words.maskMore(bytes(shown.mask_bytes, language))}</small>
      </label>
    </>
  );
}
