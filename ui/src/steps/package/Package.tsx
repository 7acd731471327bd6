/** Package: which services, under which words, and exactly what will be sent. */
import { useQuery } from "@tanstack/react-query";
import { Coins } from "lucide-react";
import { useDeferredValue, type ReactNode } from "react";
import type { PlanShown } from "../../bindings/PlanShown";
import type { Service } from "../../bindings/Service";
import type { ServiceOffer } from "../../bindings/ServiceOffer";
import type { ZoneOffer } from "../../bindings/ZoneOffer";
import type { Choices, Licence } from "../../journey/journey";
import { failureOf } from "../../platform/host";
import { checkName, here, keys, plan } from "../../platform/queries";
import { bytes, count, pick, useLanguage, useWords } from "../../platform/words";
import { Act, FailureNote, Icon, Note, Waiting } from "../../shared/pieces";
import { packageWords } from "./Package.locale";
import { Pyramid } from "./Pyramid";
import { ServicePicture } from "./ServicePicture";
import { Zones } from "./Zones";

const LICENCE_ORDER: Licence[] = ["lo", "odbl", "ccby", "none"];

export function Package(props: {
  paths: string[];
  choices: Choices;
  offers: ServiceOffer[];
  zones: ZoneOffer[];
  onChange: (change: Partial<Choices>) => void;
  /** The style of the map, where a service shows one. */
  style?: ReactNode;
}) {
  const words = useWords(packageWords);
  const { choices, onChange } = props;
  const toggle = (service: Service, on: boolean) =>
    onChange({ services: on ? [...choices.services, service] : choices.services.filter((s) => s !== service) });
  // what suits most comes first
  const offered = props.offers.filter((o) => o.refused === null).sort((a, b) => Number(b.proposed) - Number(a.proposed));
  const images = props.offers.some((o) => o.service === "wms-raster" && o.refused === null);
  const tiled = images && choices.services.some((s) => s !== "download");
  const refused = props.offers.filter((o) => o.refused !== null);
  return (
    <div className="two">
      <div className="stack loose">
        <section className="stack tight">
          <h2>{words.services}</h2>
          <p className="soft small">{words.servicesMore}</p>
          {offered.map((offer) => (
            <ServiceChoice key={offer.service} offer={offer} images={images} on={choices.services.includes(offer.service)} onToggle={(on) => toggle(offer.service, on)} />
          ))}
          {refused.length > 0 && (
            <details className="stack tight" open={offered.length === 0}>
              <summary className="small soft">{words.refused}</summary>
              {refused.map((offer) => (
                <ServiceChoice key={offer.service} offer={offer} images={images} on={false} onToggle={() => undefined} />
              ))}
            </details>
          )}
        </section>
        {tiled && <Pyramid paths={props.paths} choices={choices} onChange={onChange} />}
        {choices.services.includes("download") && <Zones offers={props.zones} value={choices.zones} onChange={(zones) => onChange({ zones })} />}
        {props.style}
        <section className="card">
          <h2>{words.access}</h2>
          <label className="check">
            <input type="radio" name="access" checked={!choices.isPrivate} onChange={() => onChange({ isPrivate: false })} />
            {words.everyone}
            <small>{words.everyoneMore}</small>
          </label>
          <label className="check">
            <input type="radio" name="access" checked={choices.isPrivate} onChange={() => onChange({ isPrivate: true })} data-testid="private" />
            {words.isPrivate}
            <small>{words.isPrivateMore}</small>
          </label>
        </section>
      </div>
      <div className="stack loose">
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
            <textarea rows={3} value={choices.abstract} onChange={(e) => onChange({ abstract: e.target.value })} data-testid="abstract" />
            <small>{words.abstractMore}</small>
          </label>
          <label className="field">
            {words.keywords}
            <input value={choices.keywords} onChange={(e) => onChange({ keywords: e.target.value })} />
            <small>{words.keywordsMore}</small>
          </label>
          <div className="grid" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 200px), 1fr))" }}>
            <label className="field" style={{ alignContent: "start" }}>
              {words.producer}
              <input value={choices.producer} onChange={(e) => onChange({ producer: e.target.value })} data-testid="producer" />
              <small>{words.producerMore}</small>
            </label>
            <label className="field" style={{ alignContent: "start" }}>
              {words.licence}
              <select value={choices.licence} onChange={(e) => onChange({ licence: e.target.value as Licence })} data-testid="licence">
                {LICENCE_ORDER.map((l) => (
                  <option key={l} value={l}>
                    {words.licences[l]}
                  </option>
                ))}
              </select>
              <small>{words.licenceMore}</small>
            </label>
          </div>
        </section>
        <Plan paths={props.paths} choices={choices} />
      </div>
    </div>
  );
}

function ServiceChoice({ offer, images, on, onToggle }: { offer: ServiceOffer; images: boolean; on: boolean; onToggle: (on: boolean) => void }) {
  const words = useWords(packageWords);
  const language = useLanguage();
  const of = images && offer.service === "tms" ? words.tmsOfImages : words.of[offer.service];
  const no = offer.refused !== null;
  return (
    <label className={no ? "service no" : "service"}>
      <ServicePicture service={offer.service} />
      <span className="stack" style={{ gap: 2 }}>
        <strong>{of.name}</strong>
        <p>{offer.refused ? pick(offer.refused, language) : of.good}</p>
        {!no && (
          <span className="cost">
            <Icon of={Coins} /> {of.cost}
          </span>
        )}
      </span>
      <input type="checkbox" aria-label={of.name} checked={on} disabled={no} onChange={(e) => onToggle(e.target.checked)} data-testid={`service-${offer.service}`} />
    </label>
  );
}

function NameField({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const words = useWords(packageWords);
  const asked = useDeferredValue(name.trim());
  const advice = useQuery({ queryKey: keys.name(asked), queryFn: () => checkName(asked), enabled: asked !== "" });
  const where = useQuery({ queryKey: keys.here, queryFn: here });
  const said = advice.data;
  const wrong = asked === "" || (said !== undefined && !said.conforms);
  const prefix = where.data?.layer_name_prefix;
  return (
    <div className="field">
      <label className="field">
        {words.name}
        <input value={name} onChange={(e) => onChange(e.target.value)} data-testid="name" aria-invalid={wrong} aria-describedby="name-says" spellCheck={false} autoComplete="off" />
      </label>
      <small id="name-says" aria-live="polite" data-testid="name-says">
        {wrong ? (
          <span className="bad">{words.nameWrong}</span>
        ) : advice.isFetching ? (
          words.checking
        ) : said?.taken ? (
          <span style={{ color: "var(--degrades)" }}>{words.nameTaken}</span>
        ) : (
          <>
            {said && <span className="ok">{words.free}</span>} {prefix ? words.prefixed(`${prefix}_${asked}`) : words.nameMore}
          </>
        )}
      </small>
      {wrong && said && (
        <div>
          <Act look="slim" onPress={() => onChange(said.proposal)}>
            {words.take(said.proposal)}
          </Act>
        </div>
      )}
    </div>
  );
}

function Plan({ paths, choices }: { paths: string[]; choices: Choices }) {
  const words = useWords(packageWords);
  const services = choices.services;
  const query = useQuery({
    queryKey: keys.plan(paths, choices.name, services, choices.srs, choices.zones),
    queryFn: () => plan(paths, choices.name, services, choices.srs, choices.zones),
    enabled: services.length > 0 && choices.name.trim() !== "",
    placeholderData: (before) => before,
  });
  return (
    <section className="card" data-testid="plan">
      <h2>{words.plan}</h2>
      {services.length === 0 && <Note look="degrades">{<p>{words.noService}</p>}</Note>}
      {query.error && <FailureNote failure={failureOf(query.error)} />}
      {services.length > 0 && query.isLoading && <Waiting lines={2}>{words.counting}</Waiting>}
      {services.length > 0 && query.data && <Plans plans={query.data} />}
    </section>
  );
}

/** Each package; the parts of a download are one line, whatever their number. */
function Plans({ plans }: { plans: PlanShown[] }) {
  const words = useWords(packageWords);
  const language = useLanguage();
  const parts = plans.filter((p) => p.zone !== null);
  return (
    <>
      {plans
        .filter((p) => p.zone === null)
        .map((one) => (
          <PlanOf key={one.kind} plan={one} />
        ))}
      {parts.length > 0 && (
        <div className="stack tight" data-testid="plan-zones">
          <p className="row tight">
            <strong>{words.parts(count(parts.length, language))}</strong>
            <span className="tag plain num">{bytes(parts.reduce((sum, p) => sum + p.bytes, 0), language)}</span>
          </p>
          <p className="soft small">{words.untouched}</p>
        </div>
      )}
    </>
  );
}

function PlanOf({ plan: one }: { plan: PlanShown }) {
  const words = useWords(packageWords);
  const language = useLanguage();
  return (
    <div className="stack tight">
      <p className="row tight">
        <strong>{words.kinds[one.kind]}</strong>
        <span className="tag plain num">{bytes(one.bytes, language)}</span>
        <span className="tag plain">{one.srs}</span>
      </p>
      <p className="soft small">{one.kind === "ARCHIVE" || one.untouched ? words.untouched : words.written}</p>
      {one.tables.map((table) => (
        <details key={table.table}>
          <summary className="small">
            {table.layer === table.table ? (
              <code>{table.table}</code>
            ) : (
              <>
                <code>{table.layer}</code> → <code>{table.table}</code>
              </>
            )}{" "}
            <span className="soft">
              {words.features(count(table.features, language))}
              {table.renames.length > 0 ? ` · ${words.renames(table.renames.length)}` : ""}
            </span>
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
