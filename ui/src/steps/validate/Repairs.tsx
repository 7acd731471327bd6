/** Repairs as buttons: what each changes exactly, before and after, and the copy they make. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowRight, Undo2, Wrench } from "lucide-react";
import { useState } from "react";
import type { Change } from "../../bindings/Change";
import type { Landing } from "../../bindings/Landing";
import type { Repair } from "../../bindings/Repair";
import type { Repaired } from "../../bindings/Repaired";
import { failureOf } from "../../platform/host";
import { keys, planRepairs, repair } from "../../platform/queries";
import { count, pick, useLanguage, useWords } from "../../platform/words";
import { Map, type MapLayer } from "../../shared/Map";
import { Act, FailureNote, Icon, Note, Waiting } from "../../shared/pieces";
import { choicesOf, firstPicks, NO_CHOICES, offered, pickedOf, type Picked } from "./repairs";
import { repairWords } from "./Repairs.locale";

/** What may be mended of the sources; measured once, in the engine. */
export function useRepairs(paths: string[], srs: string | null, enabled: boolean) {
  const query = useQuery({
    queryKey: keys.repairs(paths, srs),
    queryFn: () => planRepairs(paths, { ...NO_CHOICES, srs }),
    enabled,
    staleTime: Infinity,
  });
  const codes = new Set((query.data ? offered(query.data) : []).flatMap((r) => (r.code ? [r.code as string] : [])));
  return { ...query, codes };
}

export function Repairs(props: { paths: string[]; srs: string | null; onRepaired: (repaired: Repaired) => void }) {
  const words = useWords(repairWords);
  const query = useRepairs(props.paths, props.srs, true);
  const [changed, change] = useState<Picked>({});
  const plan = query.data;
  const picked = plan ? { ...firstPicks(plan), ...changed } : {};
  const mending = useMutation({
    mutationFn: async () => {
      if (plan) props.onRepaired(await repair(props.paths, choicesOf(plan, picked, props.srs)));
    },
  });
  if (query.isPending) return <Waiting lines={2}>{words.looking}</Waiting>;
  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  const all = offered(query.data);
  if (all.length === 0) return null;
  const n = pickedOf(query.data, picked);
  return (
    <section className="card" data-testid="repairs">
      <p className="soft small">{words.more}</p>
      {all.map((r) => (
        <RepairChoice key={r.id} repair={r} picked={picked[r.id] ?? null} onPick={(option) => change({ ...changed, [r.id]: option })} />
      ))}
      {mending.error && <FailureNote failure={failureOf(mending.error)} />}
      <div className="row">
        <Act look="first" icon={Wrench} onPress={() => mending.mutate()} isDisabled={n === 0} busy={mending.isPending} testId="repair">
          {mending.isPending ? words.mending : words.mend(n)}
        </Act>
      </div>
    </section>
  );
}

function RepairChoice({ repair: of, picked, onPick }: { repair: Repair; picked: string | null; onPick: (option: string | null) => void }) {
  const words = useWords(repairWords);
  const language = useLanguage();
  return (
    <fieldset className="stack tight" style={{ border: 0, padding: 0, margin: 0 }} data-testid="repair-choice" data-code={of.code ?? ""}>
      <legend className="row tight" style={{ padding: 0, marginBottom: 6 }}>
        <code className="soft tiny">{of.code}</code>
        {of.layer && <strong className="small">{of.layer}</strong>}
        {of.count > 1 && <span className="tag plain num">{words.places(count(of.count, language))}</span>}
      </legend>
      {of.options.map((option) => (
        <div key={option.name} className="stack" style={{ gap: 6 }}>
          <label className="check">
            <input type="radio" name={of.id} checked={picked === option.name} onChange={() => onPick(option.name)} data-option={option.name} />
            <span>
              {pick(option.sentences, language)} {option.safe && <span className="tag good">{words.safe}</span>}
            </span>
          </label>
          {picked === option.name && <Shown change={option.change} />}
        </div>
      ))}
      <label className="check">
        <input type="radio" name={of.id} checked={picked === null} onChange={() => onPick(null)} />
        {words.nothing}
      </label>
    </fieldset>
  );
}

/** What a change does, before on the left and after on the right. */
function Shown({ change }: { change: Change }) {
  const words = useWords(repairWords);
  const language = useLanguage();
  const number = (n: number) => new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { maximumFractionDigits: 2 }).format(n);
  const landing = (lands: Landing | null) =>
    lands && (
      <span className={lands.inside_area ? "soft" : ""}>
        {lands.place ? words.lands(pick(lands.place, language)) : ""} {lands.inside_area ? "" : words.outside}
      </span>
    );
  const sides = (before: React.ReactNode, after: React.ReactNode) => (
    <div className="beforeafter" data-testid="before-after">
      <div>
        <span className="soft tiny">{words.before}</span>
        <br />
        {before}
      </div>
      <Icon of={ArrowRight} />
      <div>
        <span className="soft tiny">{words.after}</span>
        <br />
        {after}
      </div>
    </div>
  );
  switch (change.type) {
    case "rename":
      return sides(change.renames.slice(0, 6).map((r) => <code key={r.from}>{r.from} </code>), change.renames.slice(0, 6).map((r) => <code key={r.from}>{r.to} </code>));
    case "assign":
      return sides(words.unknown, <>{change.srs} {landing(change.lands)}</>);
    case "reproject":
      return sides(change.from, change.to);
    case "swapAxes":
      return sides("y ; x", <>x ; y {landing(change.lands)}</>);
    case "decode":
      return sides("?", change.words.join(", "));
    case "makeValid":
      return (
        <>
          {sides(
            <span className="num">{words.area} {number(change.area_before)} · {number(change.vertices_before)} {words.vertices}</span>,
            <span className="num">{words.area} {number(change.area_after)} · {number(change.vertices_after)} {words.vertices}</span>,
          )}
          {change.collapsed > 0 && <p className="small">{words.collapsed(count(change.collapsed, language))}</p>}
        </>
      );
    case "convert":
      return sides(change.from, "GeoPackage");
    default:
      return null;
  }
}

/** The copy that was made, beside what it was made from. */
export function RepairedNote(props: { repairs: number; before: MapLayer[]; after: MapLayer[]; extent: [number, number, number, number] | null; online: boolean; onUndo: () => void; undoing: boolean }) {
  const words = useWords(repairWords);
  return (
    <div className="stack tight" data-testid="repaired">
      <Note look="good" icon={Wrench} title={words.done} role="status">
        <p className="small">{words.doneMore(props.repairs)}</p>
        <div className="row">
          <Act icon={Undo2} onPress={props.onUndo} busy={props.undoing} testId="undo-repair">
            {words.undo}
          </Act>
        </div>
      </Note>
      {props.after.length > 0 && (
        <details>
          <summary className="small strong">{words.compare}</summary>
          <div className="two" style={{ marginTop: 12 }}>
            <div className="stack tight">
              <h3>{words.before}</h3>
              <Map size="short" layers={props.before} extent={props.extent} online={props.online} label={words.before} testId="map-before" />
            </div>
            <div className="stack tight">
              <h3>{words.after}</h3>
              <Map size="short" layers={props.after} extent={props.extent} online={props.online} label={words.after} testId="map-after" />
            </div>
          </div>
        </details>
      )}
    </div>
  );
}
