/** The wizard: the steps of one delivery, from facts to live services. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowLeft, ArrowRight, Check, Eye, LoaderCircle, Send } from "lucide-react";
import { useEffect, useId, useReducer, useRef, useState } from "react";
import type { Delivery } from "../bindings/Delivery";
import type { Step } from "../bindings/Step";
import { canGo, reduce, standing, STEPS, wishOf, type Journey, type Stage } from "../journey/journey";
import { failureOf, Refused } from "../platform/host";
import { cancel, deliver, here, inspect, keys, look, propose, queryClient, undoRepair } from "../platform/queries";
import { count, useLanguage, useWords } from "../platform/words";
import { Act, Ask, FailureNote, Icon, Note, Skeleton } from "../shared/pieces";
import { Deliver } from "../steps/delivery/Deliver";
import { extentOf, Inspect, mapLayersOf } from "../steps/inspect/Inspect";
import { footprintsOf } from "../steps/inspect/footprints";
import { Package } from "../steps/package/Package";
import { Preview } from "../steps/preview/Preview";
import { Share } from "../steps/share/Share";
import { Legend } from "../steps/style/StyleEditor";
import { NONE, Styles, type Made } from "../steps/style/Styles";
import { RepairedNote, Repairs, useRepairs } from "../steps/validate/Repairs";
import { Validate } from "../steps/validate/Validate";
import { journeyWords } from "./JourneyView.locale";

/** What is heavier than a picture of the data waits for it, no longer than this. */
const PICTURE_MS = 1000;

const after = (ms: number) => new Promise<void>((done) => window.setTimeout(done, ms));

/** Something that comes about once. */
function moment() {
  let come: () => void = () => undefined;
  const here = new Promise<void>((done) => (come = done));
  return { here, come: () => come() };
}

export function JourneyView({ start, online }: { start: Journey; online: boolean }) {
  const words = useWords(journeyWords);
  const language = useLanguage();
  const [journey, tell] = useReducer(reduce, start);
  const [running, setRunning] = useState<Step | null>(null);
  const [srs, setSrs] = useState<string | null>(null);
  const [read, setRead] = useState(0);
  const [asking, ask] = useState(false);
  const [made, setMade] = useState<Made>(NONE);
  const [picture] = useState(moment);
  const [firstLook] = Object.values(made.looks);
  const call = useId();
  const stopped = useRef(false);
  const stop = () => {
    stopped.current = true;
    void cancel(call);
  };
  const fresh = start.delivery === null;
  const where = useQuery({ queryKey: keys.here, queryFn: here });

  // first the headers, so that the map is there at once; then every feature
  const looking = useQuery({
    queryKey: ["looking", call, srs, ...journey.paths],
    enabled: fresh,
    staleTime: Infinity,
    gcTime: 0,
    queryFn: async () => {
      stopped.current = false;
      if (journey.seen === null) {
        const seen = await inspect(journey.paths, call, () => undefined);
        tell({ type: "seen", seen });
        if (mapLayersOf(seen.sources).length > 0) await Promise.race([picture.here, after(PICTURE_MS)]);
        // the engine had nothing to stop meanwhile
        if (stopped.current) throw new Refused({ code: "CANCELLED", message: [...journeyWords.stopped], hint: null, log: [] });
      }
      setRead(0);
      const judged = await look(journey.paths, srs, call, (e) => e.type === "advanced" && setRead(e.done));
      tell({ type: "judged", judged });
      const proposal = await propose(journey.paths);
      // who publishes is who made the data, until the person says otherwise
      const who = await queryClient.fetchQuery({ queryKey: keys.here, queryFn: here, staleTime: 60_000 }).catch(() => null);
      tell({ type: "proposed", proposal, producer: who && !who.sandbox ? (who.communities[0]?.community ?? who.datastore_name) : "" });
      return proposal;
    },
  });
  useEffect(() => () => void cancel(call), [call]);

  const sending = useMutation({
    mutationFn: async () => {
      if (!journey.choices) return;
      tell({ type: "delivering", id: await deliver(wishOf(journey, { ...journey.choices, srs }, false)) });
    },
  });
  const repairs = useRepairs(journey.paths, srs, fresh && journey.judged !== null && journey.mended === null && journey.judged.findings.length > 0);
  const undoing = useMutation({
    mutationFn: (folder: string) => undoRepair(folder),
    onSuccess: () => tell({ type: "unmended" }),
  });
  const go = (stage: Stage) => tell({ type: "went", stage });
  const ended = (delivery: Delivery) => {
    setRunning(delivery.step);
    tell({ type: "ended", delivery });
    if (delivery.state === "published") tell({ type: "went", stage: "share" });
  };

  // a new screen is read from its title
  const title = useRef<HTMLHeadingElement>(null);
  const stage = journey.stage;
  const shown = useRef(stage);
  useEffect(() => {
    if (shown.current === stage) return;
    shown.current = stage;
    title.current?.focus({ preventScroll: true });
    title.current?.closest("main")?.scrollTo?.(0, 0);
  }, [stage]);

  const sources = journey.judged?.sources ?? journey.seen?.sources ?? [];
  const choices = journey.choices && { ...journey.choices, srs };
  const prefix = where.data?.layer_name_prefix;
  const finalName = prefix ? `${prefix}_${choices?.name ?? ""}` : (choices?.name ?? "");
  const ready = choices !== null && choices.services.length > 0 && choices.name.trim() !== "";
  return (
    <div className="journey" data-testid="journey" data-stage={stage}>
      <Rail journey={journey} running={running} go={go} />
      <div className="journey-body">
        <h1 ref={title} tabIndex={-1}>
          {words.titles[stage]}
        </h1>
        {looking.error && <FailureNote failure={failureOf(looking.error)} onRetry={() => void looking.refetch()} />}
        {stage === "inspect" && !journey.seen && looking.isFetching && (
          <div className="late">
            <Skeleton lines={5} />
          </div>
        )}
        {stage === "inspect" && journey.seen && <Inspect sources={journey.seen.sources} online={online} reading={journey.judged === null && looking.isFetching} onDrawn={picture.come} />}
        {stage === "validate" && journey.mended && (
          <RepairedNote
            repairs={journey.mended.repairs}
            before={mapLayersOf(journey.mended.before.judged?.sources ?? [])}
            after={mapLayersOf(journey.judged?.sources ?? [])}
            extent={extentOf(journey.judged?.sources ?? [])}
            online={online}
            onUndo={() => undoing.mutate(journey.mended?.folder ?? "")}
            undoing={undoing.isPending}
          />
        )}
        {undoing.error && <FailureNote failure={failureOf(undoing.error)} />}
        {stage === "validate" && journey.judged && (
          <Validate
            judged={journey.judged}
            srs={srs}
            layers={[...mapLayersOf(journey.judged.sources), ...footprintsOf(journey.judged.sources)]}
            extent={extentOf(journey.judged.sources)}
            online={online}
            onDeclare={setSrs}
            repairable={repairs.codes}
            repairs={
              journey.mended === null && repairs.codes.size > 0 ? (
                <Repairs
                  paths={journey.paths}
                  srs={srs}
                  onRepaired={({ folder, package: made, record }) =>
                    tell({ type: "mended", folder, paths: made.files.map((f) => f.local), repairs: record.repairs.length })
                  }
                />
              ) : null
            }
          />
        )}
        {stage === "package" && choices && (
          <Package
            paths={journey.paths}
            choices={choices}
            offers={looking.data?.services ?? []}
            zones={looking.data?.zones ?? []}
            onChange={(change) => tell({ type: "chose", change })}
            style={
              <Styles
                paths={journey.paths}
                choices={choices}
                sources={sources}
                layers={mapLayersOf(sources)}
                value={made}
                online={online}
                onChange={(now) => {
                  setMade(now);
                  tell({ type: "chose", change: { styles: now.styles } });
                }}
              />
            }
          />
        )}
        {stage === "preview" && choices && (
          <Preview wish={wishOf(journey, choices, true)} finalName={finalName} styles={made.tiles} legend={firstLook ? <Legend look={firstLook} /> : null} online={online} />
        )}
        {stage === "deliver" && journey.delivery && <Deliver id={journey.delivery} onEnd={ended} onBack={fresh ? () => go("package") : null} />}
        {stage === "share" && journey.published && (
          <Share
            datasheet={journey.published.wish.datasheet ?? journey.published.wish.name}
            rehearsal={journey.published.wish.rehearsal}
            online={online}
          />
        )}
        {sending.error && <FailureNote failure={failureOf(sending.error)} />}
      </div>
      {stage !== "deliver" && stage !== "share" && (
        <div className="journey-foot">
          <span className="grow">
            {fresh && looking.isFetching ? (
              <span role="status" className="row tight" data-testid="reading">
                <Icon of={LoaderCircle} spin />
                <span className="num">{journey.seen ? words.reading(count(read, language)) : words.opening}</span>
                <Act look="quiet slim" onPress={stop}>
                  {words.stop}
                </Act>
              </span>
            ) : stage === "validate" && !canGo(journey, "package") ? (
              words.mendFirst
            ) : (
              words.safe
            )}
          </span>
          {stage === "inspect" && (
            <Act look="first" onPress={() => go("validate")} isDisabled={!journey.judged} testId="next">
              {words.toValidate}
              <Icon of={ArrowRight} />
            </Act>
          )}
          {stage === "validate" && (
            <>
              <Act icon={ArrowLeft} onPress={() => go("inspect")} testId="back">
                {words.back}
              </Act>
              <Act look="first" onPress={() => go("package")} isDisabled={!canGo(journey, "package") || !choices} testId="next">
                {words.toPackage}
                <Icon of={ArrowRight} />
              </Act>
            </>
          )}
          {stage === "package" && (
            <>
              <Act icon={ArrowLeft} onPress={() => go("validate")} testId="back">
                {words.back}
              </Act>
              <Act icon={Eye} onPress={() => go("preview")} isDisabled={!ready} testId="rehearse">
                {words.rehearse}
              </Act>
              <Act look="first" icon={Send} onPress={() => ask(true)} isDisabled={!ready} testId="publish">
                {words.publish}
              </Act>
            </>
          )}
          {stage === "preview" && (
            <>
              <Act icon={ArrowLeft} onPress={() => go("package")} testId="back">
                {words.change}
              </Act>
              <Act look="first" icon={Send} onPress={() => ask(true)} isDisabled={!ready} testId="publish">
                {words.publish}
              </Act>
            </>
          )}
        </div>
      )}
      {asking && choices && (
        <Confirm
          title={choices.title || choices.name}
          name={finalName}
          isPrivate={choices.isPrivate}
          onClose={() => ask(false)}
          onYes={() => {
            ask(false);
            sending.mutate();
          }}
        />
      )}
    </div>
  );
}

/** The point of no return, named. */
function Confirm(props: { title: string; name: string; isPrivate: boolean; onClose: () => void; onYes: () => void }) {
  const words = useWords(journeyWords);
  const where = useQuery({ queryKey: keys.here, queryFn: here });
  const public_ = where.data && !where.data.sandbox && !props.isPrivate;
  return (
    <Ask title={words.sure} onClose={props.onClose} testId="confirm-dialog">
      <dl className="facts">
        <dt>{words.what}</dt>
        <dd>
          <strong>{props.title}</strong> <code className="soft">{props.name}</code>
        </dd>
        <dt>{words.where}</dt>
        <dd data-testid="confirm-where">
          <strong>{where.data?.sandbox ? words.sandbox : (where.data?.datastore_name ?? "…")}</strong>
        </dd>
        {where.data && !where.data.sandbox && (
          <>
            <dt>{words.as}</dt>
            <dd data-testid="confirm-who">{where.data.shown ?? where.data.email ?? where.data.api}</dd>
          </>
        )}
      </dl>
      {where.error && <FailureNote failure={failureOf(where.error)} onRetry={() => void where.refetch()} />}
      <Note look={public_ ? "degrades" : "tells"} testId="no-return">
        <p>{where.data?.sandbox ? words.inSandbox : props.isPrivate ? words.keyed : words.everybody}</p>
      </Note>
      <div className="row end">
        <Act onPress={props.onClose}>{words.no}</Act>
        <Act look="first" onPress={props.onYes} isDisabled={!where.data} testId="confirm">
          {public_ ? words.yesPublic : words.yes}
        </Act>
      </div>
    </Ask>
  );
}

function Rail({ journey, running, go }: { journey: Journey; running: Step | null; go: (stage: Stage) => void }) {
  const words = useWords(journeyWords);
  return (
    <nav aria-label={words.steps} className="journey-head">
      <ol className="rail">
        {STEPS.map(([step, stage], at) => {
          const state = standing(step, journey, running);
          return (
            <li key={step} className={state}>
              <button
                type="button"
                disabled={stage === null || !canGo(journey, stage) || (journey.delivery !== null && stage !== "deliver" && stage !== "share")}
                onClick={() => stage && go(stage)}
                aria-current={state === "current" ? "step" : undefined}
              >
                <i aria-hidden>{state === "done" ? <Icon of={Check} /> : at + 1}</i>
                <span>
                  {words.names[step]}
                  {state === "done" && <span className="visually-hidden">, {words.done}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
