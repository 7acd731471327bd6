/** Upload, check, process, publish: how the delivery goes, and what to do when it stops. */
import { useEffect, useRef, useState } from "react";
import type { Delivery } from "../../bindings/Delivery";
import type { Step } from "../../bindings/Step";
import { pause, resume, watch } from "../../platform/queries";
import { failureOf } from "../../platform/host";
import { bytes, pick, useLanguage, useWords } from "../../platform/words";
import { Act, FailureNote, Progress, Waiting } from "../../shared/pieces";
import { deliverWords } from "./Deliver.locale";

const STEPS: Step[] = ["inspect", "validate", "package", "upload", "check", "process", "publish"];

/** A delivery, kept as it goes by what the engine tells. */
export function useDelivery(id: string, onEnd: (delivery: Delivery) => void): { delivery: Delivery | null; fault: unknown; again: () => void } {
  const [delivery, setDelivery] = useState<Delivery | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    let here = true;
    const language = document.documentElement.lang === "en" ? "en" : "fr";
    watch(id, (said) => {
      if (!here) return;
      if (said.type === "delivery") setDelivery(said.delivery);
      else {
        const event = said.event;
        setDelivery((now) => {
          if (!now) return now;
          switch (event.type) {
            case "started":
              return { ...now, step: event.step, done: 0, total: event.total };
            case "advanced":
              return { ...now, step: event.step, done: event.done };
            case "noted":
            case "warned":
              return { ...now, lines: [...now.lines, typeof event.message === "string" ? event.message : pick(event.message, language)].slice(-200) };
            case "logged":
              return { ...now, lines: [...now.lines, event.line].slice(-200) };
            default:
              return now;
          }
        });
      }
    }).then(
      (last) => {
        if (!here) return;
        setDelivery(last);
        end.current(last);
      },
      (thrown: unknown) => here && setFault(thrown),
    );
    return () => {
      here = false;
    };
  }, [id, turn]);
  return { delivery, fault, again: () => setTurn((n) => n + 1) };
}

export function Deliver({ id, onEnd, onBack }: { id: string; onEnd: (delivery: Delivery) => void; onBack: () => void }) {
  const words = useWords(deliverWords);
  const { delivery, fault, again } = useDelivery(id, onEnd);
  if (fault) return <FailureNote failure={failureOf(fault)} onRetry={again} />;
  if (!delivery) return <Waiting>{words.opening}</Waiting>;
  const goOn = () => void resume(delivery.id).then(again);
  return (
    <div style={{ display: "grid", gap: 18 }} data-testid="delivery" data-state={delivery.state}>
      <p className="soft" role="status">
        {words.states[delivery.state]}
      </p>
      <Steps delivery={delivery} />
      {delivery.state === "running" && (
        <div className="row">
          <Act onPress={() => void pause(delivery.id)} testId="pause">
            {words.pause}
          </Act>
          <span className="soft small">{words.leave}</span>
        </div>
      )}
      {delivery.state === "paused" && (
        <div className="note">
          <p>{words.paused}</p>
          <div>
            <Act look="first" onPress={goOn} testId="resume">
              {words.resume}
            </Act>
          </div>
        </div>
      )}
      {delivery.state === "failed" && delivery.failure && (
        <>
          <FailureNote failure={delivery.failure} />
          <div className="row">
            <Act look="first" onPress={goOn} testId="resume">
              {words.resume}
            </Act>
            <Act onPress={onBack}>{words.change}</Act>
          </div>
        </>
      )}
      {delivery.lines.length > 0 && (
        <details>
          <summary>{words.lines(delivery.lines.length)}</summary>
          <pre className="log">{delivery.lines.join("\n")}</pre>
        </details>
      )}
    </div>
  );
}

function Steps({ delivery }: { delivery: Delivery }) {
  const words = useWords(deliverWords);
  const language = useLanguage();
  const at = delivery.state === "published" ? STEPS.length : delivery.step ? STEPS.indexOf(delivery.step) : -1;
  return (
    <ul className="plainlist">
      {STEPS.map((step, n) => {
        const state = n < at ? "done" : n === at ? "now" : "ahead";
        const stopped = n === at && delivery.state === "failed";
        const sized = step === "package" || step === "upload";
        return (
          <li className="card" key={step} style={{ gap: 8, opacity: state === "ahead" ? 0.65 : 1 }} aria-current={state === "now" ? "step" : undefined}>
            <div className="row spread">
              <strong>
                <span aria-hidden>{stopped ? "✕ " : state === "done" ? "✓ " : state === "now" ? "▸ " : "○ "}</span>
                {words.steps[step as keyof typeof words.steps]}
              </strong>
              <span className="soft small">
                {state === "done" && words.done}
                {state === "now" && sized && delivery.total !== null && `${bytes(delivery.done, language)} / ${bytes(delivery.total, language)}`}
              </span>
            </div>
            {state === "now" && delivery.state === "running" && (
              <Progress done={delivery.done} total={delivery.total} label={words.steps[step as keyof typeof words.steps]} />
            )}
          </li>
        );
      })}
    </ul>
  );
}
