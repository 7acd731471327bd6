/** Share: what is live, seen through its own services, and every way to hand it on. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleX, ExternalLink, Globe, LoaderCircle, Lock, MapPinned, QrCode, RefreshCw, Unplug } from "lucide-react";
import { useState } from "react";
import type { SharedOffering } from "../../bindings/SharedOffering";
import { failureOf } from "../../platform/host";
import { keys, probe, share } from "../../platform/queries";
import { pick, useLanguage, useWords, wordFor } from "../../platform/words";
import { kindWords, type OfferingKind } from "../../shared/kinds";
import { LiveMap } from "../../shared/LiveMap";
import { Act, Copy, Empty, FailureNote, Icon, Sentence, Waiting } from "../../shared/pieces";
import { shareWords } from "./Share.locale";

function save(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** `mark`: changes when what is behind the same addresses has changed. */
export function Share({ datasheet, rehearsal, online, mark = "" }: { datasheet: string; rehearsal: boolean; online: boolean; mark?: string }) {
  const words = useWords(shareWords);
  const query = useQuery({ queryKey: keys.share(datasheet, rehearsal), queryFn: () => share(datasheet, rehearsal) });
  const found = (query.data?.offerings.length ?? 0) > 0;
  const probes = useQuery({ queryKey: [...keys.share(datasheet, rehearsal), "probe"], queryFn: () => probe(datasheet, rehearsal), enabled: found, staleTime: 60_000 });
  if (query.isPending) return <Waiting>{words.reading}</Waiting>;
  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  const { offerings, qlr, snippet, qr } = query.data;
  if (offerings.length === 0) {
    return (
      <Empty icon={Unplug} title={words.none}>
        {words.noneMore}
      </Empty>
    );
  }
  const probed = probes.data?.offerings;
  const silent = probed?.filter((o) => o.probe && o.probe.verdict !== "answers" && o.probe.verdict !== "notAsked").length;
  return (
    <div className="stack loose" data-testid="share" data-services={offerings.length}>
      <div className="two" style={{ gridTemplateColumns: undefined }}>
        <div className="stack">
          <LiveMap key={mark} mark={mark} offerings={offerings} online={online} testId="live-map" />
        </div>
        <div className="stack">
          <div className="row spread">
            <span className="row tight strong" role="status" data-testid="probes" data-silent={silent}>
              {probes.isFetching ? (
                <>
                  <Icon of={LoaderCircle} spin /> {words.probing}
                </>
              ) : silent === 0 ? (
                <span className="row tight" style={{ color: "var(--good)" }}>
                  <Icon of={CircleCheck} /> {words.allAnswer}
                </span>
              ) : silent !== undefined ? (
                <span className="row tight" style={{ color: "var(--blocks)" }}>
                  <Icon of={CircleX} /> {words.someSilent(silent)}
                </span>
              ) : null}
            </span>
            <Act look="quiet slim" icon={RefreshCw} onPress={() => void probes.refetch()} isDisabled={probes.isFetching} testId="probe">
              {words.probe}
            </Act>
          </div>
          {probes.error && <FailureNote failure={failureOf(probes.error)} />}
          {offerings.map((offering) => (
            <OfferingCard key={offering._id} offering={probed?.find((p) => p._id === offering._id) ?? offering} qr={qr} />
          ))}
          <section className="card slim">
            <h2>{words.ways}</h2>
            <div className="row">
              {qlr && (
                <Act icon={MapPinned} onPress={() => save(`${datasheet}.qlr`, qlr, "application/xml")} testId="qlr">
                  {words.qlr}
                </Act>
              )}
              <a className="act" href="https://cartes.gouv.fr" target="_blank" rel="noreferrer">
                <Icon of={ExternalLink} />
                {words.cartes}
              </a>
            </div>
            {qlr && <p className="soft small">{words.qlrMore}</p>}
            {snippet && (
              <details>
                <summary className="small strong">{words.snippet}</summary>
                <div className="stack tight" style={{ marginTop: 8 }}>
                  <p className="soft small">{words.snippetMore}</p>
                  <pre className="log" tabIndex={0}>{snippet}</pre>
                  <div>
                    <Act look="slim" onPress={() => void navigator.clipboard.writeText(snippet)}>
                      {words.copy}
                    </Act>
                  </div>
                </div>
              </details>
            )}
          </section>
        </div>
      </div>
    </div>
  );
}

/** What one looks for in the list that the address gives: the feature types of a WFS, the layer of others. */
export function layerNames(offering: SharedOffering): string[] {
  const own = offering.type === "WFS" ? offering.links.map((l) => l.layer).filter((name) => name !== "") : [];
  return own.length > 0 ? [...new Set(own)] : [offering.layer_name];
}

function OfferingCard({ offering, qr }: { offering: SharedOffering; qr: Record<string, string | undefined> }) {
  const words = useWords(shareWords);
  const kinds = useWords(kindWords);
  const language = useLanguage();
  const [shown, show] = useState(false);
  const links = offering.links.filter((l) => l.purpose !== "qgis");
  const names = layerNames(offering);
  const code = links[0] ? qr[links[0].url] : undefined;
  const kind = offering.type as OfferingKind;
  const bad = offering.probe && offering.probe.verdict !== "answers" && offering.probe.verdict !== "notAsked";
  return (
    <section className="card slim" data-testid="offering" data-type={offering.type} data-status={offering.status}>
      <div className="row spread">
        <h2 style={{ fontSize: "var(--t-m)" }}>{wordFor(kinds.kinds, offering.type)}</h2>
        <span className="row tight">
          <span className="tag plain">
            <Icon of={offering.open ? Globe : Lock} />
            {offering.open ? words.open : words.restricted}
          </span>
          <span className={`tag ${offering.status === "PUBLISHED" ? "good" : "degrades"}`}>{wordFor(kinds.states, offering.status)}</span>
        </span>
      </div>
      {offering.type !== "DOWNLOAD" && (
        <p className="row tight small" data-testid="layer-names">
          <span className="soft">{words.layers(names.length)}</span>
          {names.map((name) => (
            <code key={name} className="strong">
              {name}
            </code>
          ))}
        </p>
      )}
      {links.map((l) => (
        <Copy key={l.url} value={l.url} label={`${words.address} ${wordFor(kinds.kinds, offering.type)} ${l.layer}`} testId="copy-address" />
      ))}
      <p className="soft small">{kinds.good[kind]}</p>
      <div className="row spread">
        {offering.probe ? (
          <span className="row tight small" data-testid="probed" data-verdict={offering.probe.verdict} style={{ color: bad ? "var(--blocks)" : "var(--good)" }}>
            <Icon of={bad ? CircleX : CircleCheck} /> <Sentence>{pick(offering.probe.message, language)}</Sentence> <span className="soft num">{offering.probe.milliseconds} ms</span>
          </span>
        ) : (
          <span />
        )}
        {code && (
          <Act look="quiet slim" icon={QrCode} onPress={() => show(!shown)}>
            {shown ? words.hideQr : words.showQr}
          </Act>
        )}
      </div>
      {/* drawn by the engine from the address alone */}
      {shown && code && <div className="qr" role="img" aria-label={words.qr} dangerouslySetInnerHTML={{ __html: code }} />}
    </section>
  );
}
