/** A map of what is published, seen through its own services: one at a time. */
import { useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { SharedOffering } from "../bindings/SharedOffering";
import { failureOf } from "../platform/host";
import { keys } from "../platform/queries";
import { useWords } from "../platform/words";
import { kindWords, type OfferingKind } from "./kinds";
import { anew, drawable, liveMap } from "./live";
import { Map } from "./Map";
import type { StyledLayer } from "./mapStyle";
import { Empty, FailureNote, Segments, Waiting } from "./pieces";

const liveWords = {
  by: ["Vu par", "Seen through"],
  reading: ["Le service répond…", "The service is answering…"],
  none: ["Ces services ne se montrent pas sur une carte", "These services cannot be shown on a map"],
} as const;

/** `mark`: changes when what is behind the same addresses has changed. */
export function LiveMap(props: { offerings: SharedOffering[]; styles?: Record<string, StyledLayer[]>; online: boolean; over?: ReactNode; mark?: string; testId: string }) {
  const mark = props.mark ?? "";
  const words = useWords(liveWords);
  const { kinds } = useWords(kindWords);
  const shown = props.offerings.filter(drawable);
  const [chosen, choose] = useState("");
  const current = shown.find((o) => o._id === chosen) ?? shown.find((o) => o.type.startsWith("WMS")) ?? shown[0];
  const query = useQuery({
    queryKey: [...keys.live(current?._id ?? ""), JSON.stringify(props.styles ?? {}), mark],
    queryFn: () => (current ? liveMap(current, props.styles).then((live) => anew(live, mark)) : Promise.resolve(null)),
    enabled: current !== undefined,
  });
  if (!current) return <Empty icon={Globe} title={words.none} />;
  return (
    <section className="stack tight">
      <div className="row">
        <span className="soft small">{words.by}</span>
        <Segments
          label={words.by}
          value={current._id}
          of={shown.map((o) => [o._id, kinds[o.type as OfferingKind] ?? o.type] as const)}
          onChange={choose}
          testId={`${props.testId}-kinds`}
        />
      </div>
      {query.isPending && <Waiting>{words.reading}</Waiting>}
      {query.error && <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && <Map size="tall" layers={query.data.layers} extent={query.data.extent} online={props.online} over={props.over} testId={props.testId} />}
    </section>
  );
}
