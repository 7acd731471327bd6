/** The wizard: the steps of one delivery, from facts to live services. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useId, useReducer, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import type { Delivery } from "../bindings/Delivery";
import type { Step } from "../bindings/Step";
import { canGo, reduce, standing, STEPS, wishOf, type Journey, type Stage } from "../journey/journey";
import { failureOf } from "../platform/host";
import { cancel, deliver, here, inspect, keys, look, propose } from "../platform/queries";
import { count, useLanguage, useWords } from "../platform/words";
import { Act, FailureNote, Progress } from "../shared/pieces";
import { Deliver } from "../steps/delivery/Deliver";
import { extentOf, Inspect, mapLayersOf } from "../steps/inspect/Inspect";
import { Package } from "../steps/package/Package";
import { Share } from "../steps/share/Share";
import { Validate } from "../steps/validate/Validate";
import { journeyWords } from "./JourneyView.locale";

export function JourneyView({ start, online }: { start: Journey; online: boolean }) {
  const words = useWords(journeyWords);
  const language = useLanguage();
  const [journey, tell] = useReducer(reduce, start);
  const [running, setRunning] = useState<Step | null>(null);
  const [srs, setSrs] = useState<string | null>(null);
  const [read, setRead] = useState(0);
  const [asking, ask] = useState<"publish" | null>(null);
  const [rehearsal, setRehearsal] = useState<{ id: string; name: string } | null>(null);
  const call = useId();
  const fresh = start.delivery === null;

  // first the headers, so that the map is there at once; then every feature
  const looking = useQuery({
    queryKey: ["looking", call, srs],
    enabled: fresh,
    staleTime: Infinity,
    gcTime: 0,
    queryFn: async () => {
      if (srs === null) tell({ type: "seen", seen: await inspect(journey.paths, call, () => undefined) });
      setRead(0);
      const judged = await look(journey.paths, srs, call, (e) => e.type === "advanced" && setRead(e.done));
      tell({ type: "judged", judged });
      const proposal = await propose(journey.paths);
      tell({ type: "proposed", proposal });
      return proposal;
    },
  });
  useEffect(() => () => void cancel(call), [call]);

  const start_ = useMutation({
    mutationFn: async (rehearse: boolean) => {
      if (!journey.choices) return;
      const id = await deliver(wishOf(journey, { ...journey.choices, srs }, rehearse));
      if (rehearse) setRehearsal({ id, name: journey.choices.name });
      else tell({ type: "delivering", id });
    },
  });
  const go = (stage: Stage) => tell({ type: "went", stage });
  const ended = (delivery: Delivery) => {
    setRunning(delivery.step);
    tell({ type: "ended", delivery });
    if (delivery.state === "published") tell({ type: "went", stage: "share" });
  };

  return (
    <div style={{ display: "grid", gap: 20 }} data-testid="journey" data-stage={journey.stage}>
      <Rail journey={journey} running={running} go={go} />
      <h1>{words.titles[journey.stage]}</h1>
      {looking.error && <FailureNote failure={failureOf(looking.error)} onRetry={() => void looking.refetch()} />}
      {fresh && looking.isFetching && (
        <div role="status" className="row" data-testid="reading">
          <span className="soft">{words.reading(count(read, language))}</span>
          <span style={{ flex: 1 }}>
            <Progress done={0} total={null} label={words.reading("")} />
          </span>
          <Act look="quiet" onPress={() => void cancel(call)}>
            {words.stop}
          </Act>
        </div>
      )}
      {journey.stage === "inspect" && journey.seen && <Inspect sources={journey.seen.sources} online={online} />}
      {journey.stage === "validate" && journey.judged && (
        <Validate
          judged={journey.judged}
          srs={srs}
          layers={mapLayersOf(journey.judged.sources)}
          extent={extentOf(journey.judged.sources)}
          online={online}
          onDeclare={setSrs}
        />
      )}
      {journey.stage === "package" && journey.choices && (
        <Package
          paths={journey.paths}
          choices={{ ...journey.choices, srs }}
          offers={looking.data?.services ?? []}
          onChange={(change) => tell({ type: "chose", change })}
        />
      )}
      {journey.stage === "package" && rehearsal && (
        <section className="card" data-testid="rehearsal">
          <h2>{words.rehearsing}</h2>
          <Rehearsal id={rehearsal.id} name={rehearsal.name} online={online} />
        </section>
      )}
      {journey.stage === "deliver" && journey.delivery && (
        <Deliver id={journey.delivery} onEnd={ended} onBack={() => go("package")} />
      )}
      {journey.stage === "share" && journey.published && (
        <Share
          datasheet={journey.published.wish.datasheet ?? journey.published.wish.name}
          rehearsal={journey.published.wish.rehearsal}
          online={online}
        />
      )}
      {start_.error && <FailureNote failure={failureOf(start_.error)} />}
      <div className="foot">
        {journey.stage === "inspect" && (
          <Act look="first" onPress={() => go("validate")} isDisabled={!journey.judged} testId="next">
            {words.toValidate}
          </Act>
        )}
        {journey.stage === "validate" && (
          <>
            <Act onPress={() => go("inspect")}>{words.back}</Act>
            <Act look="first" onPress={() => go("package")} isDisabled={!canGo(journey, "package") || !journey.choices} testId="next">
              {words.toPackage}
            </Act>
          </>
        )}
        {journey.stage === "package" && journey.choices && (
          <>
            <Act onPress={() => go("validate")}>{words.back}</Act>
            <Act onPress={() => start_.mutate(true)} isDisabled={journey.choices.services.length === 0 || start_.isPending} testId="rehearse">
              {words.rehearse}
            </Act>
            <Act look="first" onPress={() => ask("publish")} isDisabled={journey.choices.services.length === 0 || journey.choices.name === ""} testId="publish">
              {words.publish}
            </Act>
          </>
        )}
      </div>
      {asking === "publish" && (
        <Confirm
          isPrivate={journey.choices?.isPrivate ?? false}
          onClose={() => ask(null)}
          onYes={() => {
            ask(null);
            start_.mutate(false);
          }}
        />
      )}
    </div>
  );
}

function Rehearsal({ id, name, online }: { id: string; name: string; online: boolean }) {
  const [done, setDone] = useState(false);
  return done ? (
    <Share datasheet={name} rehearsal online={online} />
  ) : (
    <Deliver id={id} onEnd={(d) => setDone(d.state === "published")} onBack={() => undefined} />
  );
}

/** The point of no return, named. */
function Confirm({ isPrivate, onClose, onYes }: { isPrivate: boolean; onClose: () => void; onYes: () => void }) {
  const words = useWords(journeyWords);
  const where = useQuery({ queryKey: keys.here, queryFn: here });
  const title = useId();
  return (
    <ModalOverlay className="modal-back" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal">
        <Dialog aria-labelledby={title} style={{ outline: "none", display: "grid", gap: 14 }}>
          <h2 id={title}>{words.sure}</h2>
          <p>
            {words.where} <strong>{where.data?.sandbox ? words.sandbox : (where.data?.datastore_name ?? "")}</strong>
            {where.data && !where.data.sandbox ? ` (${where.data.email ?? where.data.api})` : ""}
          </p>
          <p className={`note ${isPrivate ? "" : "degrades"}`}>{where.data?.sandbox ? words.inSandbox : isPrivate ? words.keyed : words.everybody}</p>
          <div className="row" style={{ justifyContent: "flex-end" }}>
            <Act onPress={onClose}>{words.no}</Act>
            <Act look="first" onPress={onYes} isDisabled={!where.data} testId="confirm">
              {words.yes}
            </Act>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Rail({ journey, running, go }: { journey: Journey; running: Step | null; go: (stage: Stage) => void }) {
  const words = useWords(journeyWords);
  return (
    <nav aria-label={words.steps}>
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
                <span aria-hidden>{state === "done" ? "✓" : at + 1}</span>
                {words.names[step]}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
