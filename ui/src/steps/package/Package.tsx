/** Package: which services, under which words, and exactly what will be sent. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import type { PlanShown } from "../../bindings/PlanShown";
import type { Service } from "../../bindings/Service";
import type { ServiceOffer } from "../../bindings/ServiceOffer";
import type { Choices } from "../../journey/journey";
import { failureOf } from "../../platform/host";
import { checkName, keys, plan } from "../../platform/queries";
import { bytes, count, pick, useLanguage, useWords } from "../../platform/words";
import { FailureNote } from "../../shared/pieces";
import { packageWords } from "./Package.locale";
import { ServicePicture } from "./ServicePicture";

export function Package(props: {
  paths: string[];
  choices: Choices;
  offers: ServiceOffer[];
  onChange: (change: Partial<Choices>) => void;
}) {
  const words = useWords(packageWords);
  const { choices, onChange } = props;
  const toggle = (service: Service, on: boolean) =>
    onChange({ services: on ? [...choices.services, service] : choices.services.filter((s) => s !== service) });
  return (
    <div className="two">
      <section style={{ display: "grid", gap: 12 }}>
        <h2>{words.services}</h2>
        <p className="soft">{words.servicesMore}</p>
        {props.offers.map((offer) => (
          <ServiceChoice key={offer.service} offer={offer} on={choices.services.includes(offer.service)} onToggle={(on) => toggle(offer.service, on)} />
        ))}
      </section>
      <div style={{ display: "grid", gap: 18, minWidth: 0 }}>
        <section className="card">
          <h2>{words.says}</h2>
          <label className="field">
            {words.title}
            <input value={choices.title} onChange={(e) => onChange({ title: e.target.value })} data-testid="title" />
            <small>{words.titleMore}</small>
          </label>
          <NameField name={choices.name} onChange={(name) => onChange({ name })} />
          <label className="field">
            {words.abstract}
            <textarea rows={3} value={choices.abstract} onChange={(e) => onChange({ abstract: e.target.value })} />
            <small>{words.abstractMore}</small>
          </label>
          <label className="field">
            {words.keywords}
            <input value={choices.keywords} onChange={(e) => onChange({ keywords: e.target.value })} />
            <small>{words.keywordsMore}</small>
          </label>
          <label className="row" style={{ fontWeight: 600 }}>
            <input type="checkbox" checked={choices.isPrivate} onChange={(e) => onChange({ isPrivate: e.target.checked })} />
            {words.isPrivate}
          </label>
        </section>
        <Plan paths={props.paths} choices={choices} />
      </div>
    </div>
  );
}

function ServiceChoice({ offer, on, onToggle }: { offer: ServiceOffer; on: boolean; onToggle: (on: boolean) => void }) {
  const words = useWords(packageWords);
  const language = useLanguage();
  const of = words.of[offer.service];
  return (
    <label className="service">
      <input
        type="checkbox"
        checked={on}
        disabled={offer.refused !== null}
        onChange={(e) => onToggle(e.target.checked)}
        data-testid={`service-${offer.service}`}
      />
      <ServicePicture service={offer.service} />
      <span style={{ display: "grid", gap: 3 }}>
        <strong>{of.name}</strong>
        <span className="small">{offer.refused ? pick(offer.refused, language) : of.good}</span>
        {!offer.refused && <span className="soft small">{of.cost}</span>}
      </span>
    </label>
  );
}

function NameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const words = useWords(packageWords);
  const asked = useDeferredValue(name.trim());
  const advice = useQuery({ queryKey: keys.name(asked), queryFn: () => checkName(asked), enabled: asked !== "" });
  const said = advice.data;
  return (
    <label className="field">
      {words.name}
      <input value={name} onChange={(e) => onChange(e.target.value)} data-testid="name" aria-invalid={said ? !said.conforms : false} spellCheck={false} />
      <small>
        {asked === "" || (said && !said.conforms) ? (
          <>
            <span className="bad">{words.nameWrong}</span>{" "}
            {said && (
              <button type="button" className="act quiet" onClick={() => onChange(said.proposal)}>
                {words.take(said.proposal)}
              </button>
            )}
          </>
        ) : said?.taken ? (
          words.nameTaken
        ) : (
          words.nameMore
        )}
      </small>
    </label>
  );
}

function Plan({ paths, choices }: { paths: string[]; choices: Choices }) {
  const words = useWords(packageWords);
  const services = choices.services;
  const query = useQuery({
    queryKey: keys.plan(paths, choices.name, services, choices.srs),
    queryFn: () => plan(paths, choices.name, services, choices.srs),
    enabled: services.length > 0 && choices.name.trim() !== "",
    placeholderData: (before) => before,
  });
  return (
    <section className="card" data-testid="plan">
      <h2>{words.plan}</h2>
      {services.length === 0 && <p className="note degrades">{words.noService}</p>}
      {query.error && <FailureNote failure={failureOf(query.error)} />}
      {services.length > 0 && query.data?.map((one) => <PlanOf key={one.kind} plan={one} />)}
    </section>
  );
}

function PlanOf({ plan: one }: { plan: PlanShown }) {
  const words = useWords(packageWords);
  const language = useLanguage();
  return (
    <div style={{ display: "grid", gap: 8 }}>
      <p>
        <strong>{words.kinds[one.kind]}</strong> · {bytes(one.bytes, language)} · {one.srs}
      </p>
      <p className="soft small">{one.kind === "ARCHIVE" || one.untouched ? words.untouched : words.written}</p>
      {one.tables.map((table) => (
        <details key={table.table} open={table.renames.length > 0 && table.renames.length < 8}>
          <summary>
            {table.layer === table.table ? <code>{table.table}</code> : (
              <>
                <code>{table.layer}</code> → <code>{table.table}</code>
              </>
            )}{" "}
            <span className="soft small">{words.features(count(table.features, language))}</span>
          </summary>
          <ul className="small" style={{ margin: "6px 0 0", paddingLeft: 18 }}>
            {table.reprojected_from && <li>{words.reprojected(table.reprojected_from, one.srs)}</li>}
            {table.assigned && <li>{words.assigned(table.assigned)}</li>}
            {table.renames.map((r) => (
              <li key={r.from}>
                <code>{r.from}</code> → <code>{r.to}</code>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
