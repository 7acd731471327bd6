/** Home: drop something, go on with what runs, see what is there. */
import { useQuery } from "@tanstack/react-query";
import type { Delivery } from "../bindings/Delivery";
import type { Dropped } from "../bindings/Dropped";
import type { Quota } from "../bindings/Quota";
import type { SheetLine } from "../bindings/SheetLine";
import { failureOf } from "../platform/host";
import { chooseFiles, chooseFolder, deliveries, forget, here, keys, sheets } from "../platform/queries";
import { bytes, count, pick, useLanguage, useWords, when } from "../platform/words";
import { Act, FailureNote, Progress, Waiting } from "../shared/pieces";
import { DropZone } from "../steps/drop/DropZone";
import { homeWords } from "./Home.locale";

export function Home(props: { onDrop: (paths: string[]) => void; onDelivery: (delivery: Delivery) => void; onSheet: (name: string) => void }) {
  const open = (asked: Promise<Dropped>) => void asked.then(({ paths }) => paths.length > 0 && props.onDrop(paths));
  return (
    <>
      <DropZone onFiles={() => open(chooseFiles())} onFolder={() => open(chooseFolder())} />
      <Deliveries onDelivery={props.onDelivery} />
      <Sheets onSheet={props.onSheet} />
      <Quotas />
    </>
  );
}

function Deliveries({ onDelivery }: { onDelivery: (delivery: Delivery) => void }) {
  const words = useWords(homeWords);
  const language = useLanguage();
  const query = useQuery({
    queryKey: keys.deliveries,
    queryFn: deliveries,
    refetchInterval: (q) => (q.state.data?.some((d) => d.state === "running") ? 1_000 : 15_000),
  });
  if (query.error) return <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />;
  if (!query.data || query.data.length === 0) return null;
  return (
    <section style={{ display: "grid", gap: 12 }}>
      <h2>{words.deliveries}</h2>
      <div className="grid">
        {query.data.slice(0, 12).map((d) => (
          <article className="card" key={d.id} data-testid="delivery-card" data-state={d.state}>
            <div className="row spread">
              <h3>{d.wish.title || d.wish.name}</h3>
              <span className={`tag ${d.state === "published" ? "good" : d.state === "failed" ? "blocks" : d.state === "paused" ? "degrades" : ""}`}>
                {words.states[d.state]}
              </span>
            </div>
            <p className="soft small">
              {when(d.updated, language)}
              {d.wish.rehearsal ? ` · ${words.rehearsal}` : ""}
            </p>
            {d.state === "running" && <Progress done={d.done} total={d.total} label={d.wish.name} />}
            {d.failure && <p className="small">{pick(d.failure.message, language).split("\n")[0]}</p>}
            <div className="row">
              <Act onPress={() => onDelivery(d)} testId="open-delivery">
                {d.state === "paused" || d.state === "failed" ? words.goOn : words.see}
              </Act>
              {d.state !== "running" && (
                <Act look="quiet" onPress={() => void forget(d.id)}>
                  {words.forget}
                </Act>
              )}
            </div>
          </article>
        ))}
      </div>
    </section>
  );
}

const STATE_LOOK: Record<SheetLine["state"], string> = { live: "good", working: "", waiting: "degrades", unstable: "blocks" };

function Sheets({ onSheet }: { onSheet: (name: string) => void }) {
  const words = useWords(homeWords);
  const query = useQuery({ queryKey: keys.sheets, queryFn: sheets, refetchInterval: 30_000 });
  return (
    <section style={{ display: "grid", gap: 12 }}>
      <div>
        <h2>{words.sheets}</h2>
        <p className="soft small">{words.sheetsMore}</p>
      </div>
      {query.isPending && <Waiting>{words.reading}</Waiting>}
      {query.error && <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="card soft">{words.noSheet}</p>}
      <div className="grid">
        {query.data?.map((s) => (
          <article className="card" key={s.name} data-testid="sheet">
            <div className="row spread">
              <h3 style={{ overflowWrap: "anywhere" }}>{s.name}</h3>
              <span className={`tag ${STATE_LOOK[s.state]}`}>{words.sheetStates[s.state]}</span>
            </div>
            <p className="soft small">{words.holds(s.uploads, s.stored_data)}</p>
            <div className="row" style={{ gap: 6 }}>
              {s.services.map((kind) => (
                <span className="tag plain" key={kind}>
                  {kind}
                </span>
              ))}
            </div>
            <div>
              <Act onPress={() => onSheet(s.name)}>{words.see}</Act>
            </div>
          </article>
        ))}
      </div>
    </section>
  );
}

function Quotas() {
  const words = useWords(homeWords);
  const language = useLanguage();
  const query = useQuery({ queryKey: keys.here, queryFn: here });
  const quotas = query.data?.quotas ?? [];
  if (quotas.length === 0) return null;
  const size = (q: Quota, n: number) => (q.of === "storage" ? bytes(n, language) : count(n, language));
  return (
    <details className="card">
      <summary>
        <strong>{words.quotas}</strong>
      </summary>
      <div className="grid">
        {quotas.map((q) => (
          <div key={`${q.of}${q.type}${q.name}`} style={{ display: "grid", gap: 4 }}>
            <span className="small">
              {q.type} {q.of === "endpoint" ? (q.open ? words.open : words.keyed) : ""} <span className="soft">{q.name}</span>
            </span>
            {q.most !== null && (
              <div className="bar" role="meter" aria-label={q.name} aria-valuenow={q.used} aria-valuemin={0} aria-valuemax={q.most}>
                <i style={{ width: `${Math.min(100, (100 * q.used) / Math.max(1, q.most))}%`, background: q.used >= q.most ? "var(--blocks)" : undefined }} />
              </div>
            )}
            <span className="soft small">{q.most === null ? size(q, q.used) : `${size(q, q.used)} / ${size(q, q.most)}`}</span>
          </div>
        ))}
      </div>
    </details>
  );
}
