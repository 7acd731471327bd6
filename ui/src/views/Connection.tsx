/** The check of the connection: each hop as it is tried, the one that fails in its sentence, and what
 *  to do next. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, KeyRound, LoaderCircle, OctagonX, Plug, Square, TriangleAlert, type LucideIcon } from "lucide-react";
import { useContext, useEffect, useId, useState } from "react";
import type { Hop } from "../bindings/Hop";
import { failureOf } from "../platform/host";
import { cancel, chooseAuthorities, doctor, keys } from "../platform/queries";
import { pick, useLanguage, useWords, wordFor } from "../platform/words";
import { Act, Advice, FailureNote, Icon, Note, Sentence, WaysContext } from "../shared/pieces";
import { connectionWords } from "./Connection.locale";

const ICONS: Record<Hop["state"], LucideIcon> = { passed: CircleCheck, warned: TriangleAlert, failed: OctagonX, notTried: CircleDashed };

export function Connection() {
  const words = useWords(connectionWords);
  const client = useQueryClient();
  const call = useId();
  const [hops, setHops] = useState<Hop[]>([]);
  const trying = useMutation({
    mutationFn: () => {
      setHops([]);
      return doctor(call, (hop) => setHops((before) => [...before, hop]));
    },
    // what answers now may not have before
    onSuccess: (all) => {
      setHops(all);
      void client.invalidateQueries({ queryKey: keys.here });
    },
  });
  useEffect(() => () => void cancel(call), [call]);
  const failure = trying.error ? failureOf(trying.error) : null;
  return (
    <section className="card" data-testid="connection" data-state={trying.status}>
      <h2>{words.title}</h2>
      <p className="soft small">{words.more}</p>
      <div className="row">
        <Act look="slim" icon={Plug} onPress={() => trying.mutate()} busy={trying.isPending} testId="check-connection">
          {trying.isPending ? words.trying : trying.isIdle ? words.check : words.again}
        </Act>
        {trying.isPending && (
          <Act look="quiet slim" icon={Square} onPress={() => void cancel(call)} testId="stop-check">
            {words.stop}
          </Act>
        )}
      </div>
      {failure?.code === "CANCELLED" ? (
        <Note look="plain" role="status" title={words.stopped} testId="check-stopped">
          <p className="small">{words.stoppedMore}</p>
        </Note>
      ) : (
        failure && <FailureNote failure={failure} />
      )}
      {trying.isSuccess && <Verdict hops={hops} />}
      {hops.length > 0 && <Hops hops={hops} trying={trying.isPending} />}
    </section>
  );
}

function Hops({ hops, trying }: { hops: Hop[]; trying: boolean }) {
  const words = useWords(connectionWords);
  const language = useLanguage();
  return (
    <ol className="hops" aria-label={words.list} data-testid="hops">
      {hops.map((hop, at) => (
        <li key={at} className={hop.state} data-testid="hop" data-hop={hop.hop} data-state={hop.state}>
          <Icon of={ICONS[hop.state]} />
          <strong>
            {nameOf(words, hop)} <span className="visually-hidden">{words.states[hop.state]}</span>
          </strong>
          <span>
            <Sentence>{pick(hop.message, language)}</Sentence>
          </span>
        </li>
      ))}
      {trying && (
        <li aria-hidden>
          <Icon of={LoaderCircle} spin />
          <span className="soft">{words.trying}</span>
        </li>
      )}
    </ol>
  );
}

const nameOf = (words: { hops: Record<string, string> }, hop: Hop) => wordFor(words.hops, hop.hop);

/** What it comes to: the first that fails, or what to know. */
function Verdict({ hops }: { hops: Hop[] }) {
  const words = useWords(connectionWords);
  const language = useLanguage();
  const ways = useContext(WaysContext);
  const choosing = useMutation({ mutationFn: chooseAuthorities });
  const failed = hops.find((h) => h.state === "failed");
  const told = failed ?? hops.find((h) => h.state === "warned");
  if (!told) return <Note look="good" role="status" title={words.well} testId="check-verdict" />;
  const certificate = told.code === "TLS_AUTHORITY" || told.code === "CA_FILE";
  const signIn = told.hop === "sign_in" && ways.signIn;
  return (
    <Note look={failed ? "blocks" : "degrades"} role="status" title={failed ? words.broken(nameOf(words, told)) : words.warned} testId="check-verdict">
      <p>
        <Sentence>{pick(told.message, language)}</Sentence>
      </p>
      {told.hint && <Advice>{pick(told.hint, language)}</Advice>}
      {(certificate || signIn) && (
        <div className="row">
          {certificate && (
            <Act look="slim" onPress={() => choosing.mutate()} busy={choosing.isPending} testId="check-choose-authorities">
              {words.choose}
            </Act>
          )}
          {signIn && (
            <Act look="slim" icon={KeyRound} onPress={signIn} testId="check-sign-in">
              {words.signIn}
            </Act>
          )}
        </div>
      )}
      {choosing.error && <FailureNote failure={failureOf(choosing.error)} />}
    </Note>
  );
}
