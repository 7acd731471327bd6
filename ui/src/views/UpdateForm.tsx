/** New images for what is live: which ones, and in which way. Nothing leaves before the last press. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { FolderOpen, Lock, Send, Timer, Upload } from "lucide-react";
import { useEffect, useId, useState } from "react";
import type { Dropped } from "../bindings/Dropped";
import type { SeenSource } from "../bindings/SeenSource";
import type { UpdatableShown } from "../bindings/UpdatableShown";
import type { UpdateHow } from "../bindings/UpdateHow";
import type { WayShown } from "../bindings/WayShown";
import { useDrops } from "../platform/drops";
import { failureOf } from "../platform/host";
import { cancel, chooseFiles, chooseFolder, here, inspect, keys, update } from "../platform/queries";
import { bytes, count, pick, useLanguage, useWords } from "../platform/words";
import { Map } from "../shared/Map";
import { Act, FailureNote, Icon, Note, Waiting } from "../shared/pieces";
import { footprintsOf } from "../steps/inspect/footprints";
import { extentOf, mapLayersOf } from "../steps/inspect/Inspect";
import { updateWords } from "./UpdateImages.locale";

const imagesIn = (sources: SeenSource[]) => sources.filter(({ inventory }) => inventory.raster);
const howMany = (sources: SeenSource[]) => imagesIn(sources).reduce((n, { inventory }) => n + (inventory.raster_set?.tiles.length ?? 1), 0);

/** `fixed`: the way of the update that is to be ended. */
export function UpdateForm({ shown, fixed, online, onClose }: { shown: UpdatableShown; fixed: UpdateHow | null; online: boolean; onClose: () => void }) {
  const words = useWords(updateWords);
  const where = useQuery({ queryKey: keys.here, queryFn: here });
  const [paths, setPaths] = useState<string[]>([]);
  const [how, choose] = useState<UpdateHow | null>(fixed);
  const call = useId();
  const seen = useQuery({
    queryKey: ["update-images", call, ...paths],
    queryFn: () => inspect(paths, call, () => undefined),
    enabled: paths.length > 0,
    staleTime: Infinity,
    gcTime: 0,
  });
  useEffect(() => () => void cancel(call), [call]);
  const take = (chosen: string[]) => chosen.length > 0 && setPaths(chosen);
  const open = (asked: Promise<Dropped>) => void asked.then((d) => take(d.paths), () => undefined);
  useDrops(take);
  const starting = useMutation({
    mutationFn: async () => {
      if (how) await update({ datasheet: shown.datasheet, act: { act: "show", how }, paths });
    },
    onSuccess: onClose,
  });
  const sources = seen.data ? imagesIn(seen.data.sources) : [];
  const empty = seen.data !== undefined && sources.length === 0;
  return (
    <div className="stack" data-testid="update-form">
      <div className="two">
        <section className="stack">
          <div>
            <h3>{words.which}</h3>
            <p className="soft small">{words.whichMore}</p>
          </div>
          <div className="row">
            <Act icon={Upload} onPress={() => open(chooseFiles())} testId="update-files">
              {words.files}
            </Act>
            <Act icon={FolderOpen} onPress={() => open(chooseFolder())} testId="update-folder">
              {words.folder}
            </Act>
          </div>
          {seen.isFetching && <Waiting lines={1}>{words.looking}</Waiting>}
          {seen.error && <FailureNote failure={failureOf(seen.error)} onRetry={() => void seen.refetch()} />}
          {empty && <Note look="degrades" title={words.none} role="status" testId="update-none" />}
          {sources.length > 0 && <Chosen sources={sources} online={online} />}
        </section>
        <Ways ways={shown.ways} how={how} fixed={fixed !== null} onChoose={choose} />
      </div>
      <Note look="tells">
        <p className="small">{where.data?.sandbox ? words.seenSandbox : words.seen}</p>
        {where.data && (
          <p className="small">
            {words.where} <strong>{[where.data.datastore_name, where.data.shown ?? where.data.api].join(" · ")}</strong>
          </p>
        )}
      </Note>
      {starting.error && <FailureNote failure={failureOf(starting.error)} />}
      <div className="row end">
        <Act onPress={onClose}>{words.close}</Act>
        <Act look="first" icon={Send} onPress={() => starting.mutate()} busy={starting.isPending} isDisabled={!how || sources.length === 0} testId="update-start">
          {words.start}
        </Act>
      </div>
    </div>
  );
}

/** What was chosen, in figures and on a map. */
function Chosen({ sources, online }: { sources: SeenSource[]; online: boolean }) {
  const words = useWords(updateWords);
  const language = useLanguage();
  const many = howMany(sources);
  const weight = sources.reduce((sum, { inventory }) => sum + inventory.bytes, 0);
  return (
    <>
      <p className="row tight" data-testid="update-images">
        <strong className="num">{words.images(many, count(many, language))}</strong>
        <span className="soft num">{bytes(weight, language)}</span>
        {[...new Set(sources.map(({ inventory }) => inventory.raster?.crs?.code ?? inventory.raster?.crs?.name))].map((crs) => crs && <span key={crs} className="tag plain">{crs}</span>)}
      </p>
      <Map size="short" layers={[...mapLayersOf(sources), ...footprintsOf(sources)]} extent={extentOf(sources)} online={online} testId="update-map" />
    </>
  );
}

function Ways({ ways, how, fixed, onChoose }: { ways: WayShown[]; how: UpdateHow | null; fixed: boolean; onChoose: (how: UpdateHow) => void }) {
  const words = useWords(updateWords);
  const language = useLanguage();
  const name = useId();
  return (
    <fieldset className="plain stack" data-testid="update-ways">
      <legend>
        <h3>{fixed ? words.wayFixed : words.way}</h3>
      </legend>
      {ways.map((way) => (
        <label key={way.how} className="way" data-testid={`way-${way.how}`}>
          <input type="radio" name={name} checked={how === way.how} disabled={fixed && how !== way.how} onChange={() => onChoose(way.how)} />
          <strong>{pick(way.name, language)}</strong>
          <span className="small">{pick(way.does, language)}</span>
          <span className="small why">
            <Icon of={Lock} />
            <span>
              <span className="visually-hidden">{words.lost} </span>
              {pick(way.lost, language)}
            </span>
          </span>
          <span className="small why soft">
            <Icon of={Timer} />
            <span>
              <span className="visually-hidden">{words.cost} </span>
              {pick(way.cost, language)}
            </span>
          </span>
          {way.note && <span className="small warned">{pick(way.note, language)}</span>}
        </label>
      ))}
    </fieldset>
  );
}
