/** Upload, check, process, publish: how the delivery goes, and what to do when it stops. */
import { Check, Circle, LoaderCircle, Pause, Play, Undo2, X } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import type { Delivery } from "../../bindings/Delivery";
import type { Step } from "../../bindings/Step";
import { pause, resume } from "../../platform/queries";
import { failureOf } from "../../platform/host";
import { bytes, count, useLanguage, useWords } from "../../platform/words";
import { Act, FailureNote, Icon, Note, Progress, Waiting } from "../../shared/pieces";
import { useDelivery } from "../../shared/useDelivery";
import { deliverWords } from "./Deliver.locale";

/** What is under way: a delivery, or an act on live images. */
type Kind = NonNullable<Delivery["wish"]["update"]>["act"] | "delivery";

const STEPS = ["inspect", "validate", "package", "upload", "check", "process", "publish"] as const satisfies readonly Step[];

const STEPS_OF: Record<Kind, readonly (typeof STEPS)[number][]> = { delivery: STEPS, show: STEPS, confirm: ["process", "publish"], undo: ["publish"] };

/** `onBack`: to what was chosen, to change it. `giveUp`: the way out of what stopped. */
export function Deliver({ id, onEnd, onBack, giveUp }: { id: string; onEnd: (delivery: Delivery) => void; onBack: (() => void) | null; giveUp?: ReactNode }) {
  const words = useWords(deliverWords);
  const { delivery, fault, again } = useDelivery(id, onEnd);
  if (fault) return <FailureNote failure={failureOf(fault)} onRetry={again} />;
  if (!delivery) return <Waiting>{words.opening}</Waiting>;
  const states = words.states[kindOf(delivery)];
  const goOn = () => void resume(delivery.id).then(again);
  return (
    <div className="two aside" data-testid="delivery" data-state={delivery.state}>
      <section className="card">
        <Steps delivery={delivery} />
      </section>
      <div className="stack">
        {delivery.state === "running" && (
          <Note look="plain" role="status" title={states.running}>
            <p className="small">{words.leave}</p>
            <div className="row">
              <Act icon={Pause} onPress={() => void pause(delivery.id)} testId="pause">
                {words.pause}
              </Act>
            </div>
          </Note>
        )}
        {delivery.state === "paused" && delivery.failure && <FailureNote failure={delivery.failure} />}
        {delivery.state === "paused" && (
          <Note look="degrades" icon={Pause} role="status" title={words.paused}>
            <p className="small">{words.pausedMore}</p>
            <div className="row">
              <Act look="first" icon={Play} onPress={goOn} testId="resume">
                {words.resume}
              </Act>
              {giveUp}
            </div>
          </Note>
        )}
        {delivery.state === "published" && <Note look="good" role="status" title={states.published} />}
        {delivery.state === "failed" && delivery.failure && (
          <>
            <FailureNote failure={delivery.failure}>
              <Act look="first" icon={Play} onPress={goOn} testId="resume">
                {words.resume}
              </Act>
              {onBack && (
                <Act icon={Undo2} onPress={onBack}>
                  {words.change}
                </Act>
              )}
              {giveUp}
            </FailureNote>
            <p className="soft small">{words.kept}</p>
          </>
        )}
        {delivery.lines.length > 0 && (
          <details>
            <summary className="small strong">{words.lines(delivery.lines.length)}</summary>
            <pre className="log" tabIndex={0} style={{ marginTop: 8 }}>
              {delivery.lines.join("\n")}
            </pre>
          </details>
        )}
      </div>
    </div>
  );
}

const kindOf = (delivery: Delivery): Kind => delivery.wish.update?.act ?? "delivery";

function Steps({ delivery }: { delivery: Delivery }) {
  const words = useWords(deliverWords);
  const steps = STEPS_OF[kindOf(delivery)];
  const at = delivery.state === "published" ? steps.length : delivery.step ? steps.indexOf(delivery.step as (typeof STEPS)[number]) : 0;
  const nameOf = (step: (typeof STEPS)[number]) => (step === "publish" ? words.states[kindOf(delivery)].publish : words.steps[step]);
  return (
    <ol className="timeline" aria-label={words.progress}>
      {steps.map((step, n) => {
        const state = n < at ? "done" : n === at ? "now" : "ahead";
        const stopped = n === at && delivery.state === "failed";
        const paused = n === at && delivery.state === "paused";
        return (
          <li key={step} className={`${state} ${stopped ? "stopped" : ""}`} aria-current={state === "now" ? "step" : undefined} data-step={step} data-state={state}>
            <i aria-hidden>
              <Icon of={stopped ? X : paused ? Pause : state === "done" ? Check : state === "now" ? LoaderCircle : Circle} spin={state === "now" && !stopped && !paused} />
            </i>
            <strong>
              {nameOf(step)}
              <span className="visually-hidden"> {stopped ? words.failed : state === "done" ? words.done : ""}</span>
            </strong>
            <span className="small">{state === "done" && words.done}</span>
            {state === "now" && delivery.state === "running" && <Now key={step} delivery={delivery} step={step} name={nameOf(step)} />}
          </li>
        );
      })}
    </ol>
  );
}

/** The step that runs: how far, how long it has been, how long it may still take. */
function Now({ delivery, step, name }: { delivery: Delivery; step: (typeof STEPS)[number]; name: string }) {
  const words = useWords(deliverWords);
  const language = useLanguage();
  const [since] = useState(() => Date.now());
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  const seconds = Math.round((now - since) / 1000);
  const { done, total } = delivery;
  const sized = step === "package" || step === "upload";
  const amount = (n: number) => (sized ? bytes(n, language) : count(n, language));
  const left = total !== null && total > 0 && done > 0 && seconds >= 3 ? Math.round((seconds * (total - done)) / done) : null;
  return (
    <div className="more">
      <Progress done={done} total={total} label={name} />
      <span className="soft small num row spread">
        <span>{total !== null && total > 0 ? `${amount(done)} / ${amount(total)}` : words.about[step]}</span>
        <span>{left !== null && left > 0 ? words.left(left) : seconds > 4 ? words.for(seconds) : ""}</span>
      </span>
      {seconds > 120 && !sized && <span className="soft small">{words.slow}</span>}
    </div>
  );
}
