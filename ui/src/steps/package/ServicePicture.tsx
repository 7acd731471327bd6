/** A picture of what each service gives. Decoration only: the words beside say the same. */
import type { Service } from "../../bindings/Service";

const land = "M6 40 L22 12 L44 18 L62 8 L78 30 L60 48 L34 46 Z";

export function ServicePicture({ service }: { service: Service }) {
  const frame = <rect width="84" height="56" rx="8" fill="var(--map-water)" />;
  switch (service) {
    case "wfs":
      return (
        <svg className="pic" viewBox="0 0 84 56" aria-hidden>
          {frame}
          <path d={land} fill="none" stroke="var(--sea)" strokeWidth="2" />
          {[[6, 40], [22, 12], [44, 18], [62, 8], [78, 30], [60, 48], [34, 46]].map(([x, y]) => (
            <circle key={x} cx={x} cy={y} r="3.2" fill="var(--cargo)" />
          ))}
        </svg>
      );
    case "wms-vector":
    case "wms-raster":
    case "altimetry":
      return (
        <svg className="pic" viewBox="0 0 84 56" aria-hidden>
          {frame}
          <path d={land} fill="#8fbf9a" />
          <path d="M22 12 L44 18 L34 46 L6 40 Z" fill="#f0c987" />
          <rect x="1" y="1" width="82" height="54" rx="7" fill="none" stroke="var(--line-strong)" strokeWidth="2" />
        </svg>
      );
    case "tms":
    case "wmts":
      return (
        <svg className="pic" viewBox="0 0 84 56" aria-hidden>
          {frame}
          <path d={land} fill="#8fbf9a" stroke="var(--sea)" strokeWidth="1.5" />
          <path d="M28 0 V56 M56 0 V56 M0 28 H84" stroke="var(--paper)" strokeWidth="3" />
        </svg>
      );
    case "download":
      return (
        <svg className="pic" viewBox="0 0 84 56" aria-hidden>
          {frame}
          <path d="M42 10 V32 M32 24 L42 34 L52 24" fill="none" stroke="var(--cargo)" strokeWidth="5" strokeLinecap="round" strokeLinejoin="round" />
          <path d="M22 38 V46 H62 V38" fill="none" stroke="var(--sea)" strokeWidth="4" strokeLinecap="round" />
        </svg>
      );
  }
}
