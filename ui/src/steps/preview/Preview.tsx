/** Preview: the same data through the sandbox, by the same engine, before anything leaves. */
import { useQuery } from "@tanstack/react-query";
import { Eye, RotateCcw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { SharedOffering } from "../../bindings/SharedOffering";
import type { Wish } from "../../bindings/Wish";
import { failureOf } from "../../platform/host";
import { endPreview, keys, preview, share } from "../../platform/queries";
import { useLanguage, useWords } from "../../platform/words";
import { entryOf, type Entry } from "../../shared/live";
import { LiveMap } from "../../shared/LiveMap";
import type { StyledLayer } from "../../shared/mapStyle";
import { Act, FailureNote, Note, Progress, Waiting } from "../../shared/pieces";
import { useDelivery } from "../../shared/useDelivery";
import { previewWords } from "./Preview.locale";

/** Starts a preview, and takes it down when the screen goes. */
function usePreview(wish: Wish, turn: number): { id: string | null; datasheet: string; fault: unknown } {
  const [made, setMade] = useState<{ id: string; datasheet: string } | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const asked = JSON.stringify(wish);
  useEffect(() => {
    let here = true;
    let id: string | null = null;
    // a screen that goes at once (as React's double mount in development) asks for nothing
    const timer = window.setTimeout(() => {
      preview(JSON.parse(asked) as Wish).then(
        (answer) => {
          id = answer.id;
          if (here) setMade(answer);
          else void endPreview(answer.id);
        },
        (thrown: unknown) => here && setFault(thrown),
      );
    }, 30);
    return () => {
      here = false;
      window.clearTimeout(timer);
      if (id) void endPreview(id);
      setMade(null);
      setFault(null);
    };
  }, [asked, turn]);
  return { id: made?.id ?? null, datasheet: made?.datasheet ?? "", fault };
}

export function Preview({ wish, finalName, styles, legend, online }: { wish: Wish; finalName: string; styles: Record<string, StyledLayer[]>; legend: React.ReactNode; online: boolean }) {
  const words = useWords(previewWords);
  const [turn, setTurn] = useState(0);
  const [ready, setReady] = useState<string | null>(null);
  const { id, datasheet, fault } = usePreview(wish, turn);
  const { delivery, fault: lost } = useDelivery(id, (last) => setReady(last.state === "published" ? last.id : null));
  const heading = useRef<HTMLParagraphElement>(null);
  const isReady = ready !== null && ready === id;
  useEffect(() => {
    if (isReady) heading.current?.focus({ preventScroll: true });
  }, [isReady]);
  const again = (
    <Act icon={RotateCcw} onPress={() => setTurn((n) => n + 1)} testId="preview-again">
      {words.again}
    </Act>
  );
  if (fault ?? lost) return <FailureNote failure={failureOf(fault ?? lost)}>{again}</FailureNote>;
  if (delivery?.state === "failed" && delivery.failure) return <FailureNote failure={delivery.failure}>{again}</FailureNote>;
  if (delivery?.state === "paused") return <Note look="plain" title={words.stopped}><div className="row">{again}</div></Note>;
  if (!isReady) {
    return (
      <section className="card" data-testid="rehearsal" data-state="making" style={{ maxWidth: 720, margin: "24px auto", width: "100%" }}>
        <h2 className="row tight" role="status">{words.making}</h2>
        <Progress done={delivery?.done ?? 0} total={delivery?.total ?? null} label={words.making} />
        <p className="soft">{words.makingMore}</p>
      </section>
    );
  }
  return (
    <div className="stack" data-testid="rehearsal" data-state="ready">
      <Note look="good" icon={Eye}>
        <p ref={heading} tabIndex={-1} className="strong" role="status">{words.ready}</p>
      </Note>
      <Ready datasheet={datasheet} wish={wish} finalName={finalName} styles={styles} legend={legend} online={online} />
    </div>
  );
}

function Ready({ datasheet, wish, finalName, styles, legend, online }: { datasheet: string; wish: Wish; finalName: string; styles: Record<string, StyledLayer[]>; legend: React.ReactNode; online: boolean }) {
  const words = useWords(previewWords);
  const query = useQuery({ queryKey: keys.share(datasheet, true), queryFn: () => share(datasheet, true) });
  if (query.isPending) return <Waiting>{words.making}</Waiting>;
  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  const listed = query.data.offerings.filter((o) => o.type === "WFS" || o.type.startsWith("WMS"));
  return (
    <div className="two" style={{ gridTemplateColumns: undefined }}>
      <LiveMap offerings={query.data.offerings} styles={styles} online={online} over={legend} testId="preview-map" />
      <section className="stack">
        <div>
          <h2>{words.list}</h2>
          <p className="soft small">{words.listMore}</p>
        </div>
        {listed.length === 0 && <Note look="plain">{<p>{words.none}</p>}</Note>}
        {listed.map((o) => (
          <EntryCard key={o._id} offering={o} finalName={finalName} wish={wish} />
        ))}
      </section>
    </div>
  );
}

/** The provisional name, wherever it stands, becomes the one that will be. */
const renamed = (entry: Entry, from: string, to: string): Entry => ({
  ...entry,
  name: entry.name.replaceAll(from, to),
  styles: entry.styles.map((s) => s.replaceAll(from, to)),
  xml: entry.xml.replaceAll(from, to),
});

function EntryCard({ offering, finalName, wish }: { offering: SharedOffering; finalName: string; wish: Wish }) {
  const words = useWords(previewWords);
  const language = useLanguage();
  const query = useQuery({ queryKey: [...keys.live(offering._id), "entry"], queryFn: () => entryOf(offering) });
  if (query.isPending) return <Waiting lines={2}>{words.kinds[offering.type as keyof typeof words.kinds]}</Waiting>;
  if (query.error) return <FailureNote failure={failureOf(query.error)} />;
  if (!query.data) return null;
  const entry = renamed(query.data, offering.layer_name, finalName);
  const degrees = new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { maximumFractionDigits: 3 });
  return (
    <article className="entry" data-testid="entry" data-type={offering.type}>
      <header>
        <span>{words.kinds[offering.type as keyof typeof words.kinds]}</span>
        <span className="cut">{entry.name}</span>
      </header>
      <div>
        <h3>{entry.title || <em className="soft">{words.noTitle}</em>}</h3>
        <p className="small">{entry.abstract}</p>
        <dl className="facts">
          {entry.keywords.length > 0 && (
            <>
              <dt>{words.keywords}</dt>
              <dd>{entry.keywords.join(", ")}</dd>
            </>
          )}
          {entry.extent && (
            <>
              <dt>{words.extent}</dt>
              <dd className="num">{entry.extent.map((n) => degrees.format(n)).join(" ; ")}</dd>
            </>
          )}
          {entry.crs.length > 0 && (
            <>
              <dt>{words.crs}</dt>
              <dd>{entry.crs.slice(0, 6).join(", ")}{entry.crs.length > 6 ? "…" : ""}</dd>
            </>
          )}
          {wish.producer && (
            <>
              <dt>©</dt>
              <dd>{wish.producer}</dd>
            </>
          )}
        </dl>
        <details>
          <summary className="small">{words.xml}</summary>
          <pre className="log" tabIndex={0} style={{ marginTop: 8 }}>{entry.xml}</pre>
        </details>
      </div>
    </article>
  );
}
