/** Drop: the window takes files anywhere; this says so, and offers dialogs. */
import { useWords } from "../../platform/words";
import { Act } from "../../shared/pieces";

const dropWords = {
  title: ["Déposez vos données ici", "Drop your data here"],
  more: [
    "Shapefile, GeoPackage, GeoJSON, FlatGeobuf, CSV, GML, MapInfo, images, zip ou dossier entier. Rien ne part de cet ordinateur avant votre accord.",
    "Shapefile, GeoPackage, GeoJSON, FlatGeobuf, CSV, GML, MapInfo, images, zip or a whole folder. Nothing leaves this computer before you agree.",
  ],
  files: ["Choisir des fichiers", "Choose files"],
  folder: ["Choisir un dossier", "Choose a folder"],
} as const;

export function DropZone({ onFiles, onFolder }: { onFiles: () => void; onFolder: () => void }) {
  const words = useWords(dropWords);
  return (
    <section className="drop">
      <svg viewBox="0 0 132 84" aria-hidden>
        <path d="M0 66 q16 -8 33 0 t33 0 t33 0 t33 0 V84 H0 Z" fill="var(--sea)" opacity="0.85" />
        <rect x="14" y="50" width="104" height="9" rx="3" fill="var(--ink-soft)" />
        <rect x="26" y="58" width="8" height="20" fill="var(--ink-soft)" />
        <rect x="98" y="58" width="8" height="20" fill="var(--ink-soft)" />
        <path d="M66 6 L92 18 L66 30 L40 18 Z" fill="#f4a259" />
        <path d="M40 18 L66 30 V50 L40 38 Z" fill="#e07a3f" />
        <path d="M92 18 L66 30 V50 L92 38 Z" fill="#c8612b" />
      </svg>
      <h1>{words.title}</h1>
      <p className="soft" style={{ maxWidth: 620 }}>
        {words.more}
      </p>
      <div className="row">
        <Act look="first" onPress={onFiles} testId="choose-files">
          {words.files}
        </Act>
        <Act onPress={onFolder} testId="choose-folder">
          {words.folder}
        </Act>
      </div>
    </section>
  );
}
