/** The bands of an image: type, range, what means no data, and how their values spread. */
import type { Histogram } from "../../bindings/Histogram";
import type { RasterBand } from "../../bindings/RasterBand";
import { count, useLanguage, useWords, value, wordFor } from "../../platform/words";
import { inspectWords } from "./Inspect.locale";

const BARS = 64;
const WIDE = 256;
const HIGH = 44;

/** The steps of a histogram, fewer, as heights from 0 to 1. */
export function bars(histogram: Histogram): number[] {
  const per = Math.max(1, Math.ceil(histogram.counts.length / BARS));
  const sums = Array.from({ length: Math.ceil(histogram.counts.length / per) }, (_, n) => histogram.counts.slice(n * per, (n + 1) * per).reduce((a, b) => a + b, 0));
  const most = Math.max(...sums, 1);
  return sums.map((n) => n / most);
}

/** Told apart by shape too: each band has its own picture. */
const COLOURS: Record<string, string> = { Red: "#c0392b", Green: "#2e8b57", Blue: "#2f6fb5" };

function Spread({ band, label }: { band: RasterBand; label: string }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  const { statistics } = band;
  if (!statistics) return null;
  const heights = bars(statistics.histogram);
  const wide = WIDE / heights.length;
  const low = value(statistics.histogram.low, language);
  const high = value(band.type === "Byte" ? 255 : statistics.histogram.high, language);
  return (
    <figure className="histogram">
      <svg viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label={words.histogram(label, low, high)} data-testid="histogram">
        {heights.map((h, n) => (
          <rect key={n} x={n * wide} width={Math.max(wide - 0.5, 0.5)} y={HIGH - h * HIGH} height={h * HIGH} fill={COLOURS[band.color] ?? "var(--sea)"} />
        ))}
      </svg>
      <figcaption className="row spread line tiny soft num" aria-hidden>
        <span>{low}</span>
        <span>{high}</span>
      </figcaption>
    </figure>
  );
}

export function Bands({ bands, reading }: { bands: RasterBand[]; reading: boolean }) {
  const words = useWords(inspectWords);
  const language = useLanguage();
  return (
    <ol className="plainlist stack tight" aria-label={words.bands} data-testid="bands">
      {bands.map((band, at) => {
        const label = `${at + 1} · ${wordFor(words.colors, band.color)}`;
        const s = band.statistics;
        return (
          <li key={at} className="band">
            <p className="row spread tight">
              <strong className="small">{label}</strong>
              <span className="row tight">
                <span className="tag plain">
                  {band.type}
                  {band.bits ? ` (${words.bits(band.bits)})` : ""}
                </span>
                <span className="tag plain num">{band.nodata === null ? words.noNodata : `nodata ${value(band.nodata, language)}`}</span>
              </span>
            </p>
            {s ? (
              <>
                <Spread band={band} label={label} />
                <p className="tiny soft num">
                  {words.range(value(s.min, language), value(s.max, language), value(s.mean, language))}
                  {s.empty > 0 && ` · ${words.empty(count(Math.round((s.empty / (s.empty + s.pixels)) * 1000) / 10, language))}`}
                  {!s.exact && ` · ${words.sampled}`}
                </p>
              </>
            ) : (
              reading && <p className="tiny soft">{words.readingValues}</p>
            )}
          </li>
        );
      })}
    </ol>
  );
}
