/** Home: drop something, go on with what runs, see what is there. */
import { useQuery } from "@tanstack/react-query";
import { Eye, FileClock, Layers, Pause, Play, ShieldCheck, Undo2, X } from "lucide-react";
import type { Delivery } from "../bindings/Delivery";
import type { Dropped } from "../bindings/Dropped";
import type { Quota } from "../bindings/Quota";
import type { SheetLine } from "../bindings/SheetLine";
import { failureOf } from "../platform/host";
import { chooseFiles, chooseFolder, deliveries, forget, here, keys, pause, recent, reopen, resume, sample, sheets } from "../platform/queries";
import { bytes, count, pick, useLanguage, useWords, when } from "../platform/words";
import { Act, Empty, FailureNote, Icon, Progress, Sentence, Waiting } from "../shared/pieces";
import { DropZone } from "../steps/drop/DropZone";
import { homeWords } from "./Home.locale";

const HOW = [ShieldCheck, Eye, Undo2];

export function Home(props: { onDrop: (paths: string[]) => void; onDelivery: (delivery: Delivery) => void; onSheet: (name: string) => void }) {
  const words = useWords(homeWords);
  const running = useQuery({
    queryKey: keys.deliveries,
    queryFn: deliveries,
    refetchInterval: (q) => (q.state.data?.some((d) => d.state === "running") ? 1_000 : 15_000),
  });
  const held = useQuery({ queryKey: keys.sheets, queryFn: sheets, refetchInterval: 30_000 });
  const first = running.data?.length === 0 && held.data?.length === 0;
  const try_ = useQuery({ queryKey: keys.sample, queryFn: sample, enabled: first, staleTime: Infinity });
  const open = (asked: Promise<Dropped>) => void asked.then(({ paths }) => paths.length > 0 && props.onDrop(paths), () => undefined);
  return (
    <>
      <DropZone whole={first} onSample={try_.data?.paths.length ? () => props.onDrop(try_.data.paths) : undefined} onFiles={() => open(chooseFiles())} onFolder={() => open(chooseFolder())} />
      {first && (
        <ul className="how">
          {words.how.map((one, at) => (
            <li key={one.title}>
              <Icon of={HOW[at] ?? Eye} />
              <h3>{one.title}</h3>
              <p>{one.more}</p>
            </li>
          ))}
        </ul>
      )}
      {!first && (
        <div className="two aside">
          <div className="stack loose">
            {running.error && <FailureNote failure={failureOf(running.error)} onRetry={() => void running.refetch()} />}
            {running.data && running.data.length > 0 && (
              <Deliveries all={running.data} onDelivery={(d) => (d.wish.update ? props.onSheet(d.wish.name) : props.onDelivery(d))} />
            )}
            <section className="stack">
              <div>
                <h2>{words.sheets}</h2>
                <p className="soft small">{words.sheetsMore}</p>
              </div>
              {held.isPending && <Waiting>{words.reading}</Waiting>}
              {held.error && <FailureNote failure={failureOf(held.error)} onRetry={() => void held.refetch()} />}
              {held.data?.length === 0 && (
                <Empty icon={Layers} title={words.noSheet}>
                  {words.noSheetMore}
                </Empty>
              )}
              {held.data && held.data.length > 0 && <Sheets all={held.data} onSheet={props.onSheet} />}
            </section>
          </div>
          <div className="stack loose">
            <Recent onDrop={(paths) => open(reopen(paths))} />
            <Quotas />
          </div>
        </div>
      )}
    </>
  );
}

const DELIVERY_LOOK: Record<Delivery["state"], string> = { published: "good", failed: "blocks", paused: "degrades", running: "" };

function Deliveries({ all, onDelivery }: { all: Delivery[]; onDelivery: (delivery: Delivery) => void }) {
  const words = useWords(homeWords);
  const language = useLanguage();
  return (
    <section className="stack">
      <h2>{words.deliveries}</h2>
      <ul className="list">
        {all.slice(0, 12).map((d) => {
          const name = d.wish.title || d.wish.name;
          const stopped = d.state === "paused" || d.state === "failed";
          return (
            <li key={d.id} data-testid="delivery-card" data-state={d.state} style={{ gridTemplateColumns: "minmax(0, 1fr) auto" }}>
              <div className="stack tight">
                <div className="row tight">
                  <button type="button" className="whole" onClick={() => onDelivery(d)}>
                    {name}
                  </button>
                  <span className={`tag ${DELIVERY_LOOK[d.state]}`}>
                    {d.wish.update && d.state === "published" ? words.acts[d.wish.update.act] : words.states[d.state]}
                    {d.state !== "published" && d.step ? ` · ${words.steps[d.step]}` : ""}
                  </span>
                </div>
                <p className="soft small">
                  {when(d.updated, language)}
                  {d.wish.update ? ` · ${words.update}` : ""}
                  {d.wish.rehearsal ? ` · ${words.rehearsal}` : ""}
                </p>
                {d.state === "running" && <Progress done={d.done} total={d.total} label={name} />}
                {d.failure && (
                  <p className="small anywhere">
                    <Sentence>{pick(d.failure.message, language).split("\n")[0] ?? ""}</Sentence>
                  </p>
                )}
              </div>
              <div className="row tight">
                {d.state === "running" && (
                  <Act look="quiet slim" icon={Pause} onPress={() => void pause(d.id)} label={words.of(words.pause, name)}>
                    {words.pause}
                  </Act>
                )}
                {stopped && (
                  <Act look="slim" icon={Play} onPress={() => void resume(d.id).then(() => onDelivery({ ...d, state: "running" }))} testId="resume-delivery" label={words.of(words.goOn, name)}>
                    {words.goOn}
                  </Act>
                )}
                <Act look="slim" onPress={() => onDelivery(d)} testId="open-delivery" label={words.of(words.see, name)}>
                  {words.see}
                </Act>
                {d.state !== "running" && (
                  <Act look="quiet slim" icon={X} onPress={() => void forget(d.id)} label={words.of(words.forget, name)}>
                    {""}
                  </Act>
                )}
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const STATE_LOOK: Record<SheetLine["state"], string> = { live: "good", working: "", waiting: "degrades", unstable: "blocks" };

function Sheets({ all, onSheet }: { all: SheetLine[]; onSheet: (name: string) => void }) {
  const words = useWords(homeWords);
  return (
    <ul className="list">
      {all.map((s) => (
        <li key={s.name} data-testid="sheet" data-name={s.name} data-state={s.state} style={{ gridTemplateColumns: "minmax(0, 1fr) auto" }}>
          <div className="stack tight">
            <div className="row tight">
              <button type="button" className="whole" onClick={() => onSheet(s.name)} data-testid="open-sheet">
                {s.name}
              </button>
              <span className={`tag ${STATE_LOOK[s.state]}`}>{words.sheetStates[s.state]}</span>
            </div>
            <p className="soft small">{words.holds(s.uploads, s.stored_data)}</p>
          </div>
          <div className="row tight">
            {s.services.map((kind, at) => (
              <span className="tag plain" key={`${kind}${at}`}>
                {kind}
              </span>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Recent({ onDrop }: { onDrop: (paths: string[]) => void }) {
  const words = useWords(homeWords);
  const language = useLanguage();
  const query = useQuery({ queryKey: keys.recent, queryFn: recent });
  if (!query.data || query.data.length === 0) return null;
  return (
    <section className="card slim" data-testid="recent">
      <h2 className="row tight">
        <Icon of={FileClock} /> {words.recent}
      </h2>
      <ul className="plainlist" style={{ gap: 2 }}>
        {query.data.slice(0, 6).map((r) => (
          <li key={r.paths.join("|")}>
            <button type="button" className="tablink" style={{ width: "100%", justifyContent: "space-between" }} disabled={!r.found} title={r.paths.join("\n")} onClick={() => onDrop(r.paths)}>
              <b className="cut" style={{ fontWeight: 560 }}>{r.name}</b>
              <small className="nowrap tiny">{r.found ? when(r.when, language).split(/,| à /)[0] : words.gone}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Quotas() {
  const words = useWords(homeWords);
  const query = useQuery({ queryKey: keys.here, queryFn: here });
  const quotas = query.data?.quotas ?? [];
  if (quotas.length === 0) return null;
  // what is large and untouched says nothing
  const of = (kind: string) => quotas.filter((q) => q.of === kind && (q.used > 0 || (q.most !== null && q.most <= 50)));
  return (
    <section className="card slim" data-testid="quotas">
      <h2>{words.quotas}</h2>
      {of("endpoint").length > 0 && (
        <>
          <h3 className="soft small">{words.services}</h3>
          {of("endpoint").map((q, at) => (
            <Meter key={`${q.name}${at}`} quota={q} />
          ))}
        </>
      )}
      {of("storage").length > 0 && (
        <>
          <h3 className="soft small">{words.storage}</h3>
          {of("storage").map((q, at) => (
            <Meter key={`${q.name}${at}`} quota={q} />
          ))}
        </>
      )}
    </section>
  );
}

function Meter({ quota }: { quota: Quota }) {
  const words = useWords(homeWords);
  const language = useLanguage();
  const size = (n: number) => (quota.of === "storage" ? bytes(n, language) : count(n, language));
  const part = quota.most ? (100 * quota.used) / quota.most : 0;
  const full = quota.most !== null && quota.used >= quota.most;
  return (
    <div className="stack" style={{ gap: 4 }} title={quota.name}>
      <div className="row spread small" style={{ gap: 6 }}>
        <span>
          {quota.type} {quota.of === "endpoint" && <span className="soft">{quota.open ? words.open : words.keyed}</span>}
        </span>
        <span className="soft num">
          {full && <strong style={{ color: "var(--blocks)" }}>{words.full} · </strong>}
          {quota.most === null ? size(quota.used) : words.left(size(quota.used), size(quota.most))}
        </span>
      </div>
      {quota.most !== null && (
        <div className={`bar ${full ? "full" : part > 80 ? "near" : ""}`} role="meter" aria-label={`${quota.type} ${quota.name}`} aria-valuenow={quota.used} aria-valuemin={0} aria-valuemax={quota.most}>
          <i style={{ width: `${Math.min(100, part)}%` }} />
        </div>
      )}
    </div>
  );
}
