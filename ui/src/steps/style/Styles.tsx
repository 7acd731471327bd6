/** The styles of the tables that a map shows: what each looks like, and the way to change it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Palette } from "lucide-react";
import { useState } from "react";
import type { PlanTable } from "../../bindings/PlanTable";
import type { SeenSource } from "../../bindings/SeenSource";
import type { TableStyle } from "../../bindings/TableStyle";
import type { Choices } from "../../journey/journey";
import { failureOf } from "../../platform/host";
import { keys, plan } from "../../platform/queries";
import { useWords } from "../../platform/words";
import type { MapLayer, StyledLayer } from "../../shared/mapStyle";
import { Act, FailureNote } from "../../shared/pieces";
import { plain, shapeOf, styleOf, withFields, type Look } from "./look";
import { styleWords } from "./Style.locale";
import { StyleEditor, type Styled } from "./StyleEditor";
import { toMapbox, toSld } from "./translate";

/** The looks chosen, by table; with them what the services need. */
export type Looks = Readonly<Record<string, Look>>;

/** The name that a field has once published. */
const published = (table: PlanTable) => (field: string) => table.renames.find((r) => r.from === field)?.to ?? field.toLowerCase();

export interface Made {
  looks: Looks;
  styles: TableStyle[];
  /** For tiles, which carry no style of their own. */
  tiles: Record<string, StyledLayer[]>;
}

export const NONE: Made = { looks: {}, styles: [], tiles: {} };

async function made(before: Made, table: PlanTable, look: Look): Promise<Made> {
  const style = withFields(styleOf(look, table.table), published(table));
  const [sld, layers] = await Promise.all([toSld(style), toMapbox(style)]);
  return {
    looks: { ...before.looks, [table.table]: look },
    styles: [...before.styles.filter((s) => s.table !== table.table), { table: table.table, sld }],
    tiles: { ...before.tiles, [table.table]: layers },
  };
}

export function Styles(props: { paths: string[]; choices: Choices; sources: SeenSource[]; layers: MapLayer[]; value: Made; online: boolean; onChange: (made: Made) => void }) {
  const words = useWords(styleWords);
  const { choices } = props;
  const [editing, edit] = useState<PlanTable | null>(null);
  const query = useQuery({
    queryKey: keys.plan(props.paths, choices.name, choices.services, choices.srs, choices.zones),
    queryFn: () => plan(props.paths, choices.name, choices.services, choices.srs, choices.zones),
    enabled: choices.services.length > 0 && choices.name.trim() !== "",
    placeholderData: (before) => before,
  });
  const applying = useMutation({ mutationFn: async ({ table, look }: { table: PlanTable; look: Look }) => props.onChange(await made(props.value, table, look)) });
  const seen = (table: PlanTable): { of: Styled; look: Look } | null => {
    for (const { key, inventory } of props.sources) {
      const at = inventory.layers.findIndex((l) => l.name === table.layer);
      const layer = inventory.layers[at];
      if (!layer || layer.geometry === "None") continue;
      const map = props.layers.find((l) => l.id === `${key}-${at}`) ?? null;
      const of = { table: table.table, sourceKey: key, at, fields: layer.fields, map, extent: layer.extent_wgs84 };
      return { of, look: props.value.looks[table.table] ?? plain(shapeOf(layer.geometry)) };
    }
    return null;
  };
  const tables = (query.data?.find((p) => p.kind === "VECTOR")?.tables ?? []).filter((t) => seen(t) !== null);
  const drawn = choices.services.some((s) => s === "wms-vector" || s === "tms");
  if (!drawn || tables.length === 0) return null;
  const open = editing && seen(editing);
  return (
    <section className="card" data-testid="styles">
      <div>
        <h2>{words.section}</h2>
        <p className="soft small">{words.sectionMore}</p>
      </div>
      <ul className="plainlist">
        {tables.map((table) => {
          const look = seen(table)?.look ?? plain("polygon");
          const colors = look.kind === "one" || look.classes.length === 0 ? [look.color] : look.classes.map((c) => c.color);
          return (
            <li key={table.table} className="row spread">
              <span className="row tight line">
                <span className="row" style={{ gap: 2 }} aria-hidden>
                  {colors.slice(0, 6).map((c, n) => (
                    <span className="swatch" key={n} style={{ background: c }} />
                  ))}
                </span>
                <code className="cut">{table.table}</code>
                <span className="soft small">
                  {look.kind === "imported" ? words.imported(look.imported?.name ?? "") : look.kind === "one" ? words.plainLook : `${words.kinds[look.kind]} : ${look.field ?? ""}`}
                </span>
              </span>
              <Act look="slim" icon={Palette} onPress={() => edit(table)} label={words.editOf(table.table)} testId="style-edit" busy={applying.isPending}>
                {words.edit}
              </Act>
            </li>
          );
        })}
      </ul>
      {applying.error && <FailureNote failure={failureOf(applying.error)} />}
      {editing && open && (
        <StyleEditor
          of={open.of}
          look={open.look}
          online={props.online}
          onClose={() => edit(null)}
          onDone={(look) => {
            applying.mutate({ table: editing, look });
            edit(null);
          }}
        />
      )}
    </section>
  );
}
