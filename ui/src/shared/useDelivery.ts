/** A delivery, kept as it goes by what the engine tells. */
import { useEffect, useRef, useState } from "react";
import type { Delivery } from "../bindings/Delivery";
import type { Event } from "../bindings/Event";
import { watch } from "../platform/queries";
import { pick, type Language } from "../platform/words";

const MOST_LINES = 200;

/** What an event changes in a delivery. */
export function heard(now: Delivery, event: Event, language: Language): Delivery {
  const line = (text: string): Delivery => ({ ...now, lines: [...now.lines, text].slice(-MOST_LINES) });
  switch (event.type) {
    case "started":
      return { ...now, step: event.step, done: 0, total: event.total };
    case "advanced":
      return { ...now, step: event.step, done: event.done };
    case "noted":
    case "warned":
      return line(pick(event.message, language));
    case "logged":
      return line(event.line);
    default:
      return now;
  }
}

export function useDelivery(id: string | null, onEnd: (delivery: Delivery) => void): { delivery: Delivery | null; fault: unknown; again: () => void } {
  const [delivery, setDelivery] = useState<Delivery | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [turn, setTurn] = useState(0);
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (id === null) return;
    let here = true;
    const language = document.documentElement.lang === "en" ? "en" : "fr";
    watch(id, (said) => {
      if (!here) return;
      if (said.type === "delivery") setDelivery(said.delivery);
      else setDelivery((now) => now && heard(now, said.event, language));
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
  const again = () => {
    setFault(null);
    setTurn((n) => n + 1);
  };
  return { delivery, fault, again };
}
