/** Share: what is live, seen through its own services, and every way to hand it on. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SharedOffering } from "../../bindings/SharedOffering";
import { failureOf } from "../../platform/host";
import { keys, probe, share } from "../../platform/queries";
import { pick, useLanguage, useWords } from "../../platform/words";
import { Map } from "../../shared/Map";
import { Act, Copy, FailureNote, Waiting } from "../../shared/pieces";
import { liveMap } from "./live";
import { shareWords } from "./Share.locale";

function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

export function Share({ datasheet, rehearsal, online }: { datasheet: string; rehearsal: boolean; online: boolean }) {
  const words = useWords(shareWords);
  const query = useQuery({ queryKey: keys.share(datasheet, rehearsal), queryFn: () => share(datasheet, rehearsal) });
  const probes = useMutation({ mutationFn: () => probe(datasheet, rehearsal) });
  if (query.isPending) return <Waiting>{words.reading}</Waiting>;
  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  const { offerings, qlr, snippet, qr } = query.data;
  if (offerings.length === 0) return <p className="note degrades">{words.none}</p>;
  const probed = probes.data?.offerings;
  return (
    <div style={{ display: "grid", gap: 18 }} data-testid="share" data-services={offerings.length}>
      <LiveMap offerings={offerings} online={online} />
      <div className="row">
        <Act onPress={() => probes.mutate()} isDisabled={probes.isPending} testId="probe">
          {probes.isPending ? words.probing : words.probe}
        </Act>
        {qlr && (
          <Act onPress={() => save(`${datasheet}.qlr`, qlr, "application/xml")} testId="qlr">
            {words.qlr}
          </Act>
        )}
        <a className="act" href="https://cartes.gouv.fr" target="_blank" rel="noreferrer">
          cartes.gouv.fr
        </a>
      </div>
      {probes.error && <FailureNote failure={failureOf(probes.error)} />}
      <div className="grid" style={{ gridTemplateColumns: "repeat(auto-fill, minmax(min(100%, 440px), 1fr))" }}>
        {offerings.map((offering) => (
          <OfferingCard key={offering._id} offering={probed?.find((p) => p._id === offering._id) ?? offering} qr={qr} />
        ))}
      </div>
      {snippet && (
        <details className="card">
          <summary>{words.snippet}</summary>
          <pre className="log">{snippet}</pre>
          <div>
            <Act onPress={() => void navigator.clipboard.writeText(snippet)}>{words.copy}</Act>
          </div>
        </details>
      )}
    </div>
  );
}

function OfferingCard({ offering, qr }: { offering: SharedOffering; qr: Record<string, string | undefined> }) {
  const words = useWords(shareWords);
  const language = useLanguage();
  const [shown, show] = useState(false);
  const first = offering.links.find((l) => l.purpose !== "qgis");
  const code = first ? qr[first.url] : undefined;
  return (
    <section className="card" data-testid="offering" data-type={offering.type} data-status={offering.status}>
      <div className="row spread">
        <h2>{words.kinds[offering.type as keyof typeof words.kinds] ?? offering.type}</h2>
        <span className={`tag ${offering.status === "PUBLISHED" ? "good" : "degrades"}`}>
          {offering.status === "PUBLISHED" ? words.live : offering.status}
        </span>
      </div>
      <p className="soft small">
        <code>{offering.layer_name}</code> · {offering.open ? words.open : words.restricted}
      </p>
      {offering.links
        .filter((l) => l.purpose !== "qgis")
        .map((l) => (
          <Copy key={l.url} value={l.url} label={`${words.address} ${l.layer}`} />
        ))}
      {offering.probe && (
        <p className={`note ${offering.probe.verdict === "answers" ? "good" : offering.probe.verdict === "notAsked" ? "" : "blocks"}`} data-testid="probed" data-verdict={offering.probe.verdict}>
          {pick(offering.probe.message, language)} ({offering.probe.milliseconds} ms)
        </p>
      )}
      {code && (
        <div>
          <Act look="quiet" onPress={() => show(!shown)}>
            {shown ? words.hideQr : words.showQr}
          </Act>
          {/* drawn by the engine from the address alone */}
          {shown && <div className="qr" role="img" aria-label={words.qr} dangerouslySetInnerHTML={{ __html: code }} />}
        </div>
      )}
    </section>
  );
}

function LiveMap({ offerings, online }: { offerings: SharedOffering[]; online: boolean }) {
  const words = useWords(shareWords);
  const drawable = offerings.filter((o) => o.open && (o.type.startsWith("WMS") || o.type === "WMTS-TMS"));
  const [chosen, choose] = useState(drawable[0]?._id ?? "");
  const current = drawable.find((o) => o._id === chosen) ?? drawable[0];
  const query = useQuery({
    queryKey: keys.live(current?._id ?? ""),
    queryFn: () => (current ? liveMap(current) : Promise.resolve(null)),
    enabled: current !== undefined,
  });
  if (!current) return null;
  return (
    <section style={{ display: "grid", gap: 8 }}>
      <div className="row spread">
        <h2>{words.map}</h2>
        <div className="row" role="group" aria-label={words.map}>
          {drawable.map((o) => (
            <Act key={o._id} look="quiet" onPress={() => choose(o._id)}>
              {o._id === current._id ? "● " : "○ "}
              {words.kinds[o.type as keyof typeof words.kinds] ?? o.type}
            </Act>
          ))}
        </div>
      </div>
      {query.error && <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && <Map layers={query.data.layers} extent={query.data.extent} online={online} testId="live-map" />}
    </section>
  );
}
