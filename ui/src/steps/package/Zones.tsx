/** How a download is cut: one archive of all, or parts that each have an address of their own. */
import type { ZoneOffer } from "../../bindings/ZoneOffer";
import type { Zones as Cut } from "../../bindings/Zones";
import { count, useLanguage, useWords } from "../../platform/words";
import { Note } from "../../shared/pieces";

const zoneWords = {
  title: ["Comment les télécharger ?", "How are they downloaded?"],
  whole: ["En une fois", "All at once"],
  wholeMore: ["Une seule adresse pour tous les fichiers. Le plus simple, si l’ensemble reste léger.", "One address for all the files. The simplest, as long as they are light."],
  of: [
    { files: "Chaque fichier à part", folders: "Chaque dossier à part" },
    { files: "Each file by itself", folders: "Each folder by itself" },
  ],
  more: [
    (n: string) => `${n} parties, chacune avec son adresse et son contour : on ne prend que sa zone, et un portail peut les lister. Coût : ${n} livraisons et ${n} données stockées.`,
    (n: string) => `${n} parts, each with an address and an outline of its own: one takes only one’s zone, and a portal can list them. Cost: ${n} uploads and ${n} stored data.`,
  ],
  names: [(names: string, more: number) => `${names}${more > 0 ? `… et ${more} de plus` : ""}`, (names: string, more: number) => `${names}${more > 0 ? `… and ${more} more` : ""}`],
  many: [
    "C’est beaucoup de livraisons : chacune est vérifiée et traitée à son tour, ce qui est long. Par dossier, ou en une fois, va plus vite.",
    "That is many uploads: each is checked and processed in its turn, which is long. By folder, or all at once, is quicker.",
  ],
} as const;

/** Above, the person is told that it will be long. */
const MANY = 100;

export function Zones({ offers, value, onChange }: { offers: ZoneOffer[]; value: Cut; onChange: (zones: Cut) => void }) {
  const words = useWords(zoneWords);
  const language = useLanguage();
  if (offers.length === 0) return null;
  const chosen = offers.find((o) => o.zones === value);
  return (
    <section className="card" data-testid="zones">
      <fieldset className="plain stack">
        <legend>
          <h2>{words.title}</h2>
        </legend>
        <label className="check">
          <input type="radio" name="zones" checked={value === "whole"} onChange={() => onChange("whole")} data-testid="zones-whole" />
          {words.whole}
          <small>{words.wholeMore}</small>
        </label>
        {offers.map((offer) => (
          <label className="check" key={offer.zones}>
            <input type="radio" name="zones" checked={value === offer.zones} onChange={() => onChange(offer.zones)} data-testid={`zones-${offer.zones}`} />
            {words.of[offer.zones as keyof typeof words.of]}
            <small>{words.more(count(offer.parts, language))}</small>
            <small className="anywhere">{words.names(offer.names.join(", "), offer.parts - offer.names.length)}</small>
          </label>
        ))}
      </fieldset>
      {chosen && chosen.parts > MANY && (
        <Note look="degrades" testId="zones-many">
          <p>{words.many}</p>
        </Note>
      )}
    </section>
  );
}
