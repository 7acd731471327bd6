/** The live images of a datasheet: how to update them, how that goes, and the word that is waited for.
 *  Where an update stands is the platform's to say; this screen remembers nothing of it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, Eye, Images, Play, Undo2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { Delivery } from "../bindings/Delivery";
import type { UpdatableShown } from "../bindings/UpdatableShown";
import type { Update } from "../bindings/Update";
import type { UpdateHow } from "../bindings/UpdateHow";
import { failureOf } from "../platform/host";
import { forget, here, keys, updatable, update } from "../platform/queries";
import { pick, useLanguage, useWords } from "../platform/words";
import { Act, Ask, FailureNote, Note, Sentence, Waiting } from "../shared/pieces";
import { Deliver } from "../steps/delivery/Deliver";
import { UpdateForm } from "./UpdateForm";
import { updateWords } from "./UpdateImages.locale";

/** What this machine has under way; nothing once the platform says that it is over. */
function underWay({ delivery, waiting }: UpdatableShown): Delivery | null {
  if (!delivery || delivery.state === "published") return null;
  if (delivery.state === "running") return delivery;
  const over = delivery.wish.update?.act === "show" ? waiting?.state === "shown" || waiting?.state === "injecting" : waiting === null;
  return over ? null : delivery;
}

type Asked = "undo" | "confirm" | null;

/** `onTurn`: a mark that changes when the services show something else. */
export function UpdateImages({ datasheet, online, onTurn }: { datasheet: string; online: boolean; onTurn: (mark: string) => void }) {
  const words = useWords(updateWords);
  const query = useQuery({ queryKey: keys.updatable(datasheet), queryFn: () => updatable(datasheet) });
  const [form, openForm] = useState<{ how: UpdateHow | null } | null>(null);
  const [asked, ask] = useState<Asked>(null);
  const [ended, setEnded] = useState<Delivery | null>(null);
  const acting = useMutation({ mutationFn: (act: "undo" | "confirm") => update({ datasheet, act: { act }, paths: [] }) });
  const shown = query.data;
  const mark = `${shown?.waiting?.stored_data ?? ""}${ended ? `.${ended.id}` : ""}`;
  useEffect(() => onTurn(mark), [mark, onTurn]);

  if (query.isPending) {
    return (
      <section className="card" data-testid="update" data-state="reading">
        <h2>{words.title}</h2>
        <Waiting lines={2}>{words.reading}</Waiting>
      </section>
    );
  }
  if (!shown) {
    const failure = failureOf(query.error);
    return (
      <section className="card" data-testid="update" data-state="failed">
        <h2>{words.title}</h2>
        {failure.code === "UPDATE_NO_PYRAMID" ? <Nothing failure={failure} /> : <FailureNote failure={failure} onRetry={() => void query.refetch()} />}
      </section>
    );
  }
  const running = underWay(shown);
  const { waiting } = shown;
  const begin = (act: "undo" | "confirm") => {
    ask(null);
    setEnded(null);
    acting.mutate(act);
  };
  const act = running?.wish.update?.act;
  const leave =
    act === "show" ? (
      <Act icon={Undo2} onPress={() => ask("undo")} testId="give-up">
        {words.giveUp}
      </Act>
    ) : waiting?.state === "shown" && running ? (
      <Act onPress={() => void forget(running.id)} testId="not-now">
        {words.notNow}
      </Act>
    ) : null;
  const said = !running && ended?.wish.update ? ended.wish.update.act : null;
  return (
    <section className="card" data-testid="update" data-state={running ? running.state : (waiting?.state ?? "free")}>
      <h2>{words.title}</h2>
      {(said === "confirm" || said === "undo") && !waiting && <Note look="good" role="status" title={words.ended[said]} testId="update-ended" />}
      {acting.error && <FailureNote failure={failureOf(acting.error)} />}
      {shown.refused && <FailureNote failure={shown.refused} />}
      {running ? (
        <Deliver key={running.id} id={running.id} onEnd={setEnded} onBack={null} giveUp={leave} />
      ) : form ? (
        <UpdateForm shown={shown} fixed={form.how} online={online} onClose={() => openForm(null)} />
      ) : waiting ? (
        <Waits shown={shown} waiting={waiting} busy={acting.isPending} onAsk={ask} onFinish={() => begin("confirm")} onGoOn={() => openForm({ how: waiting.how })} />
      ) : (
        <div className="row spread">
          <p className="small grow">
            {words.more} <strong>{shown.services.join(", ")}</strong>
          </p>
          <Act icon={Images} onPress={() => openForm({ how: null })} isDisabled={shown.refused !== null} testId="update-begin">
            {words.begin}
          </Act>
        </div>
      )}
      {asked && <Sure what={asked} shown={shown} onClose={() => ask(null)} onYes={() => begin(asked)} />}
    </section>
  );
}

function Nothing({ failure }: { failure: ReturnType<typeof failureOf> }) {
  const words = useWords(updateWords);
  const language = useLanguage();
  return (
    <Note look="plain" title={words.nothing} testId="update-nothing">
      <p className="small">
        <Sentence>{pick(failure.message, language)}</Sentence>
      </p>
      {failure.hint && (
        <p className="small">
          <Sentence>{pick(failure.hint, language)}</Sentence>
        </p>
      )}
    </Note>
  );
}

/** An update that waits: for a word, or to be ended. */
function Waits(props: { shown: UpdatableShown; waiting: Update; busy: boolean; onAsk: (what: Asked) => void; onFinish: () => void; onGoOn: () => void }) {
  const words = useWords(updateWords);
  const language = useLanguage();
  const { state, how } = props.waiting;
  const way = props.shown.ways.find((w) => w.how === how);
  const stuck = props.shown.refused !== null;
  const facts = (
    <p className="small">
      <strong>{way && pick(way.name, language)}</strong> · {props.shown.services.join(", ")}
    </p>
  );
  const undo = (
    <Act icon={Undo2} onPress={() => props.onAsk("undo")} busy={props.busy} isDisabled={stuck} testId="update-undo">
      {words.undo}
    </Act>
  );
  if (state === "injecting") {
    return (
      <Note look="degrades" title={words.injecting} role="status" testId="update-injecting">
        <p className="small">{words.injectingMore}</p>
        {facts}
        <div className="row">
          <Act look="first" icon={Play} onPress={props.onFinish} busy={props.busy} isDisabled={stuck} testId="update-finish">
            {words.finish}
          </Act>
        </div>
      </Note>
    );
  }
  if (state === "begun") {
    return (
      <Note look="degrades" title={words.begun} role="status" testId="update-begun">
        <p className="small">{words.begunMore}</p>
        {facts}
        <div className="row">
          <Act look="first" icon={Play} onPress={props.onGoOn} isDisabled={stuck} testId="update-go-on">
            {words.goOn}
          </Act>
          {undo}
        </div>
      </Note>
    );
  }
  return (
    <Note look="tells" icon={Eye} title={words.shown} role="status" testId="update-shown">
      <p className="small">{words.shownMore}</p>
      {facts}
      <div className="row">
        {undo}
        <Act look="danger" icon={Check} onPress={() => props.onAsk("confirm")} busy={props.busy} isDisabled={stuck} testId="update-confirm">
          {words.confirm}
        </Act>
      </div>
    </Note>
  );
}

/** What is about to be lost, named. */
function Sure({ what, shown, onClose, onYes }: { what: "undo" | "confirm"; shown: UpdatableShown; onClose: () => void; onYes: () => void }) {
  const words = useWords(updateWords);
  const language = useLanguage();
  const where = useQuery({ queryKey: keys.here, queryFn: here });
  const way = shown.ways.find((w) => w.how === shown.waiting?.how);
  const final = what === "confirm";
  return (
    <Ask title={final ? words.confirmSure : words.undoSure} onClose={onClose} testId="update-sure">
      <p>{final ? words.confirmMore : words.undoMore}</p>
      {final && way && (
        <Note look="degrades" testId="no-return">
          <p className="strong">{pick(way.lost, language)}</p>
          <p className="small">{pick(way.does, language)}</p>
          <p className="small">{pick(way.cost, language)}</p>
        </Note>
      )}
      {where.data && (
        <p data-testid="update-where">
          {words.where} <strong>{[where.data.datastore_name, where.data.shown ?? where.data.api].join(" · ")}</strong>
        </p>
      )}
      <div className="row end">
        <Act onPress={onClose}>{words.close}</Act>
        <Act look={final ? "danger" : "first"} icon={final ? Check : Undo2} onPress={onYes} testId="update-yes">
          {final ? words.confirmYes : words.undoYes}
        </Act>
      </div>
    </Ask>
  );
}
