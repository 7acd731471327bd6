/** Drop: the whole window takes files; this says so, and offers dialogs. */
import { FolderOpen, Upload } from "lucide-react";
import { useWords } from "../../platform/words";
import { Act } from "../../shared/pieces";

const dropWords = {
  title: ["Déposez vos données ici", "Drop your data here"],
  more: [
    "N’importe où dans la fenêtre : Shapefile, GeoPackage, GeoJSON, FlatGeobuf, CSV, GML, MapInfo, images, zip ou dossier entier. Rien ne quitte cet ordinateur avant votre accord.",
    "Anywhere in the window: Shapefile, GeoPackage, GeoJSON, FlatGeobuf, CSV, GML, MapInfo, images, zip or a whole folder. Nothing leaves this computer before you agree.",
  ],
  files: ["Choisir des fichiers", "Choose files"],
  folder: ["Choisir un dossier", "Choose a folder"],
  sample: ["Pas de fichier sous la main ? Essayer avec un exemple", "No file at hand? Try with a sample"],
} as const;

export function DropZone({ whole = false, onFiles, onFolder, onSample }: { whole?: boolean; onFiles: () => void; onFolder: () => void; onSample?: (() => void) | undefined }) {
  const words = useWords(dropWords);
  return (
    <section className={whole ? "drop whole" : "drop"} data-testid="drop-zone">
      <svg className="pic" viewBox="0 0 176 112" aria-hidden>
        <path d="M88 6 L122 22 L88 38 L54 22 Z" fill="#f4a862" />
        <path d="M54 22 L88 38 V66 L54 50 Z" fill="#e17c40" />
        <path d="M122 22 L88 38 V66 L122 50 Z" fill="#c55f29" />
        <path d="M71 14 L105 30 V42" fill="none" stroke="#fff" strokeOpacity="0.55" strokeWidth="3" />
        <rect x="18" y="68" width="140" height="9" rx="4" fill="var(--ink-soft)" />
        <rect x="34" y="76" width="8" height="24" fill="var(--ink-soft)" />
        <rect x="84" y="76" width="8" height="24" fill="var(--ink-soft)" />
        <rect x="134" y="76" width="8" height="24" fill="var(--ink-soft)" />
        <path d="M0 92 q11 -7 22 0 t22 0 t22 0 t22 0 t22 0 t22 0 t22 0 t22 0 V112 H0 Z" fill="var(--sea)" opacity="0.9" />
        <path d="M0 102 q11 -6 22 0 t22 0 t22 0 t22 0 t22 0 t22 0 t22 0 t22 0 V112 H0 Z" fill="var(--sea-soft)" opacity="0.35" />
      </svg>
      <div className="stack tight">
        <h1>{words.title}</h1>
        <p className={whole ? "" : "small"} style={whole ? { justifySelf: "center" } : {}}>{words.more}</p>
      </div>
      <div className="row acts" style={{ justifyContent: "center" }}>
        <Act look={whole ? "first big" : "first"} icon={Upload} onPress={onFiles} testId="choose-files">
          {words.files}
        </Act>
        <Act look={whole ? "big" : "quiet"} icon={FolderOpen} onPress={onFolder} testId="choose-folder">
          {words.folder}
        </Act>
      </div>
      {whole && onSample && (
        <Act look="quiet" onPress={onSample} testId="sample">
          {words.sample}
        </Act>
      )}
    </section>
  );
}
